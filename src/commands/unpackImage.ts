import { untilAborted } from '../bytes/abortable.js'
import type { Context } from '../bytes/context.js'
import { sniff } from '../bytes/sniff.js'
import { decompress, packingOf } from '../compression/codecs.js'
import { tap } from '../hashing/tap.js'
import { verified } from '../hashing/verify.js'
import type { PlatformImage } from '../image/openPlatform.js'
import { assertCount, assertDiffID, diffIDsOf, warnOfMediaType } from '../layer/check.js'
import type { WriterThread } from '../rootfs/writerThread.js'
import { algorithmOf, parseDigest, shortDigest } from '../spec/digest.js'
import { attempt, ImageError } from '../spec/errors.js'
import { layerCompression } from '../spec/mediaTypes.js'
import type { Descriptor } from '../spec/parse.js'
import { missingBlob, rootOf } from '../store/graph.js'

interface Work {
  writer: WriterThread
  context: Context
  signal: AbortSignal | undefined
}

/**
 * Writes all layers of an image, the lowest first. Digests, sizes and diffIDs are checked as the bytes pass.
 * @throws ImageError INTEGRITY, FORMAT, UNSAFE, UNSUPPORTED, NOT_FOUND, SYSTEM
 */
export async function writeLayers(image: PlatformImage, work: Work): Promise<void> {
  const diffIDs = assertUnpackable(image)
  const { layers } = image.manifest
  const { overall } = work.context
  for (const { digest, size } of layers) overall.expect({ name: shortDigest(digest), size })
  for (const [at, layer] of layers.entries()) {
    const name = `layer ${at + 1} of ${layers.length}, ${shortDigest(layer.digest)}`
    await attempt(name, () => writeLayer(layer, { image, work, diffID: diffIDs[at] ?? '', at }))
  }
}

/** Returns the diffIDs. @throws ImageError UNSUPPORTED for an image without a Linux file system in layers */
function assertUnpackable({ manifest, config }: PlatformImage): readonly string[] {
  const diffIDs = diffIDsOf(config)
  if (diffIDs === undefined) {
    throw new ImageError('UNSUPPORTED', 'the image has no root file system', { expected: 'rootfs in its config' })
  }
  for (const { mediaType, digest } of manifest.layers) {
    if (layerCompression(mediaType) !== undefined) continue
    throw new ImageError('UNSUPPORTED', 'a layer is no file system', { where: digest, found: mediaType })
  }
  assertCount(diffIDs.length, manifest.layers.length)
  return diffIDs
}

async function writeLayer(
  layer: Descriptor,
  { image, work, diffID, at }: { image: PlatformImage; work: Work; diffID: string; at: number },
): Promise<void> {
  const { writer, context, signal } = work
  const claim = rootOf(layer)
  if (!(await image.blobs.has(claim))) throw missingBlob(claim)
  const stored = context.watch({ name: shortDigest(layer.digest), size: layer.size }, image.blobs.open(claim))
  const { looks, bytes } = await sniff(verified(stored, { claim, where: layer.digest }))
  const packing = packingOf(looks)
  warnOfMediaType(layer, packing, context.warn)
  const plain = untilAborted(decompress(bytes, packing), signal)
  const { bytes: tar, sum } = tap(plain, algorithmOf(parseDigest(diffID)))
  await writer.writeLayer(tar)
  assertDiffID(diffID, (await sum).digest, at)
}
