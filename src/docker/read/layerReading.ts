import { LayerStore } from '../../archive/layerStore.js'
import { type Bytes, single, skipping } from '../../bytes/bytes.js'
import { decompress, packingOf } from '../../compression/codecs.js'
import type { Layer } from '../../layer/layer.js'
import { storeLayer } from '../../layer/pipeline.js'
import type { Claim } from '../../spec/claim.js'
import { isCompression } from '../../spec/compression.js'
import { SkimPool } from '../../store/skimPool.js'
import type { TarEntry } from '../../tar/entry.js'
import { EMPTY_TAR, isEmptyTar } from './layerFile.js'

/** A layer whose file was read, and its bytes. */
interface ReadLayer {
  layer: Layer
  open(start?: number): Bytes
}

/** Reads files of layers of which only their bytes tell the digest. */
export interface LayerReading {
  store: LayerStore
  /** True if the file was read as a layer before. */
  isRead(member: TarEntry): boolean
  /** @param claim on the layer's uncompressed bytes. @throws ImageError INTEGRITY, FORMAT */
  read(member: TarEntry, claim: Claim): Promise<ReadLayer>
}

/** Returns a reading that stores the layers as it reads them, in the form that the store's options choose. */
export function storingLayers(store: LayerStore): LayerReading {
  return {
    store,
    isRead: (member) => store.knows(member),
    read: async (member, claim) => {
      const layer = isEmptyTar(member, claim.digest)
        ? await storeLayer({ bytes: single(EMPTY_TAR) }, store.sink, store.options)
        : await store.layer(member, claim)
      return { layer, open: (start) => store.sink.open(layer, start) }
    },
  }
}

/**
 * Returns a reading that stores nothing. Layers stay as they are in the archive, but those compressed with xz or bzip2,
 * for which OCI has no media type, are presented uncompressed. Layers that passed in a stream are those in the store.
 */
export function lookingAtLayers(store: LayerStore): LayerReading {
  const { archive } = store
  const keeping = skimming(store, 'keep')
  const plain = skimming(store, 'uncompressed')
  return {
    store,
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
