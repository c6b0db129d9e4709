import type { LayerStore } from '../../archive/layerStore.js'
import { mapParallel } from '../../bytes/mapParallel.js'
import { assertDiffID, diffIDName } from '../../layer/check.js'
import { jobLimits } from '../../layer/layerOptions.js'
import { attempt } from '../../spec/errors.js'
import type { BlobSource } from '../../store/blobs.js'
import type { Root } from '../../store/nodes.js'
import { putDocument } from '../../store/putContent.js'
import type { Item } from './item.js'
import { type PresentedImage, type PresentedLayer, presentItems } from './present.js'
import { presentedBlobs } from './presentedBlobs.js'
import { storingLayers } from './storingLayers.js'

/** Images of manifest.json that are ready to be carried as those of a layout are. */
export interface CarriableItems {
  /** Descriptors of their manifests, in the order of the items. */
  roots: Root[]
  /** The archive's blobs and those that the images add. */
  blobs: BlobSource
  /** Layers that have to be stored after the blobs, since their files are not among these. */
  besides: readonly PresentedLayer[]
}

/**
 * Presents images of a docker archive as OCI images for carrying them. Stores what has to be read for that anyway:
 * configs, and all layers but plain ones.
 * @param listed digests of blobs that images of the index have, which are carried with these
 * @throws ImageError INTEGRITY unless counts and diffIDs agree, NOT_FOUND for a missing layer
 */
export async function carriable(
  items: readonly Item[],
  store: LayerStore,
  listed: ReadonlySet<string> = NOTHING,
): Promise<CarriableItems> {
  const images = await presentItems(items, storingLayers(store))
  for (const image of images) await storeConfig(image, store)
  const roots = images.map(({ root }) => root)
  const { blobs, besides } = await presentedBlobs(images, { archive: store.archive, listed })
  return { roots, blobs, besides }
}

const NOTHING: ReadonlySet<string> = new Set()

async function storeConfig({ item: { config } }: PresentedImage, { sink, context }: LayerStore): Promise<void> {
  await context.breathe()
  await putDocument(sink, config.bytes, { digest: config.digest, size: config.bytes.length })
}

/** Stores layers, each file once, and so checks them. @throws ImageError INTEGRITY */
export async function storeLayers(layers: readonly PresentedLayer[], store: LayerStore): Promise<void> {
  await mapParallel(layers, store.context.jobs, {
    sizeOf: ({ descriptor }) => descriptor.size,
    ...jobLimits(store.options),
    work: async ({ file: { path, member, at }, descriptor, diffID }) => {
      const stored = await store.layer(member, { ...descriptor, what: diffIDName(at) })
      await attempt(`ingest ${path}`, async () => assertDiffID(diffID, stored.diffID, at))
    },
  })
}
