import type { Archive } from '../archive/archive.js'
import { LayerStore } from '../archive/layerStore.js'
import { concealing } from '../archive/linkedBlobs.js'
import type { Context } from '../bytes/context.js'
import { type OneImage, oneImage } from '../image/oneImage.js'
import { sourceWith } from '../image/source.js'
import type { BlobPool } from '../store/blobs.js'
import type { OpenedSource } from '../transport/openSource.js'
import { withoutCopying } from './withoutCopying.js'

interface Reading {
  /** Takes what can be read only once, and what has to be read to know the image. */
  sink: BlobPool
  context: Context
  signal: AbortSignal | undefined
}

/** An image, and what contains it. */
interface ReadImage extends OneImage {
  archive: Archive
}

/** Reads the one image of a source that its place selects. @throws ImageError */
export async function readOneImage(
  { input, images, listing }: OpenedSource,
  { sink, context, signal }: Reading,
): Promise<ReadImage> {
  const target = { sink, options: { layers: 'keep' as const, jobs: context.jobs, signal } }
  const archive = await input.read({ ...target, context: withoutCopying(context), layers: 'outside blobs' })
  const source = sourceWith(new LayerStore(archive, target))
  const image = await concealing(archive, () => oneImage(source, { images, listing, warn: context.warn }))
  return { archive, ...image }
}
