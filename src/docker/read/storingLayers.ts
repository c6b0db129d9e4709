import type { LayerStore } from '../../archive/layerStore.js'
import { single } from '../../bytes/bytes.js'
import { storeLayer } from '../../layer/pipeline.js'
import { EMPTY_TAR, isEmptyTar } from './layerFile.js'
import type { LayerReading } from './layerReading.js'

/** Returns a reading that stores the layers as it reads them, in the form that the store's options choose. */
export function storingLayers(store: LayerStore): LayerReading {
  return {
    archive: store.archive,
    options: store.options,
    isRead: (member) => store.knows(member),
    read: async (member, claim) => {
      const layer = isEmptyTar(member, claim.digest)
        ? await storeLayer({ bytes: single(EMPTY_TAR) }, store.sink, store.options)
        : await store.layer(member, claim)
      return { layer, open: (start) => store.sink.open(layer, start) }
    },
  }
}
