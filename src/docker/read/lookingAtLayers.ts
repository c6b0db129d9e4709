import { LayerStore } from '../../archive/layerStore.js'
import { single, skipping } from '../../bytes/bytes.js'
import { decompress, packingOf } from '../../compression/codecs.js'
import { storeLayer } from '../../layer/pipeline.js'
import { isCompression } from '../../spec/compression.js'
import { SkimPool } from '../../store/skimPool.js'
import { EMPTY_TAR, isEmptyTar } from './layerFile.js'
import type { LayerReading } from './layerReading.js'

/**
 * Returns a reading that stores nothing. Layers stay as they are in the archive, but those compressed with xz or bzip2,
 * for which OCI has no media type, are presented uncompressed. Layers that passed in a stream are those in the store.
 */
export function lookingAtLayers(store: LayerStore): LayerReading {
  const { archive } = store
  const keeping = skimming(store, 'keep')
  const plain = skimming(store, 'uncompressed')
  return {
    archive,
    options: store.options,
    isRead: (member) => archive.stored.has(member),
    read: async (member, claim) => {
      if (archive.stored.has(member)) {
        const layer = await store.layer(member)
        return { layer, open: (start) => store.sink.open(layer, start) }
      }
      if (isEmptyTar(member, claim.digest)) {
        const layer = await storeLayer({ bytes: single(EMPTY_TAR) }, new SkimPool(), keeping.options)
        return { layer, open: (start) => single(EMPTY_TAR.subarray(start)) }
      }
      const packing = packingOf(await archive.looks(member))
      if (isCompression(packing)) {
        return { layer: await keeping.layer(member, claim), open: (start) => archive.open(member, start) }
      }
      const open = (start = 0) => skipping(decompress(archive.open(member), packing), start)
      return { layer: await plain.layer(member, claim), open }
    },
  }
}

/** Returns a store that hashes the same archive's layers and keeps none. */
function skimming({ archive, options }: LayerStore, layers: 'keep' | 'uncompressed'): LayerStore {
  return new LayerStore(archive, { sink: new SkimPool(), options: { ...options, layers } })
}
