import type { Context } from '../bytes/context.js'
import { checkedTar, layersOf } from '../image/layerTars.js'
import type { PlatformImage } from '../image/openPlatform.js'
import type { WriterThread } from '../rootfs/writerThread.js'
import { shortDigest } from '../spec/digest.js'
import { attempt } from '../spec/errors.js'

interface Work {
  writer: WriterThread
  context: Context
  signal: AbortSignal | undefined
}

/**
 * Writes all layers of an image, the lowest first. Digests, sizes and diffIDs are checked as the bytes pass.
 * @throws ImageError INTEGRITY, FORMAT, UNSAFE, UNSUPPORTED, NOT_FOUND, SYSTEM
 */
export async function writeLayers(image: PlatformImage, { writer, context, signal }: Work): Promise<void> {
  const layers = layersOf(image)
  for (const { descriptor } of layers) {
    context.overall.expect({ name: shortDigest(descriptor.digest), size: descriptor.size })
  }
  for (const layer of layers) {
    const tar = checkedTar(layer, { blobs: image.blobs, context, signal })
    await attempt(layer.name, () => writer.writeLayer(tar))
  }
}
