import { untilAborted } from '../bytes/abortable.js'
import type { Bytes } from '../bytes/bytes.js'
import type { Context } from '../bytes/context.js'
import { sniff } from '../bytes/sniff.js'
import { decompress, packingOf } from '../compression/codecs.js'
import { tap } from '../hashing/tap.js'
import { verified } from '../hashing/verify.js'
import { assertCount, assertDiffID, diffIDsOf, warnOfMediaType } from '../layer/check.js'
import { algorithmOf, parseDigest, shortDigest } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import { layerCompression } from '../spec/mediaTypes.js'
import type { Descriptor } from '../spec/parse.js'
import { missingBlob, rootOf } from '../store/graph.js'
import { type EntrySink, LayerParser } from '../tar/layerParser.js'
import type { PlatformImage } from './openPlatform.js'

/** An image whose layers can be read. */
export type LayeredImage = Pick<PlatformImage, 'manifest' | 'config'> & {
  blobs: Pick<PlatformImage['blobs'], 'has' | 'open'>
}

/** A layer of an image: a file system's changes. */
export interface ImageLayer {
  descriptor: Descriptor
  diffID: string
  /** Its place in the image, from 0 on. */
  at: number
  /** Name for messages. */
  name: string
}

interface Reading {
  blobs: LayeredImage['blobs']
  context: Context
  signal: AbortSignal | undefined
}

/** Returns the layers of an image. @throws ImageError UNSUPPORTED for an image without a Linux file system in layers */
export function layersOf({ manifest, config }: Pick<LayeredImage, 'manifest' | 'config'>): ImageLayer[] {
  const diffIDs = diffIDsOf(config)
  if (diffIDs === undefined) {
    throw new ImageError('UNSUPPORTED', 'the image has no root file system', { expected: 'rootfs in its config' })
  }
  const { layers } = manifest
  for (const { mediaType, digest } of layers) {
    if (layerCompression(mediaType) !== undefined) continue
    throw new ImageError('UNSUPPORTED', 'a layer is no file system', { where: digest, found: mediaType })
  }
  assertCount(diffIDs.length, layers.length)
  return layers.map((descriptor, at) => ({
    descriptor,
    diffID: diffIDs[at] ?? '',
    at,
    name: `layer ${at + 1} of ${layers.length}, ${shortDigest(descriptor.digest)}`,
  }))
}

/**
 * Returns the tar of a layer. Digest, size and diffID are checked as the bytes pass.
 * @throws ImageError INTEGRITY, FORMAT, NOT_FOUND
 */
export async function* checkedTar({ descriptor, diffID, at }: ImageLayer, reading: Reading): Bytes {
  const { blobs, context, signal } = reading
  const claim = await present(descriptor, blobs)
  const name = shortDigest(descriptor.digest)
  const stored = context.watch({ name, size: descriptor.size }, blobs.open(claim))
  const { looks, bytes } = await sniff(verified(stored, { claim, where: descriptor.digest }))
  const packing = packingOf(looks)
  warnOfMediaType(descriptor, packing, context.warn)
  const plain = untilAborted(decompress(bytes, packing), signal)
  const { bytes: tar, sum } = tap(plain, algorithmOf(parseDigest(diffID)))
  yield* tar
  assertDiffID(diffID, (await sum).digest, at)
}

/** Content that is worth a leap, in bytes: less is read as fast. */
const LEAP = 4 * 1024 * 1024

/**
 * Reads the entries of a layer, and of an uncompressed one only what is between large files. Nothing is checked: whoever
 * reads the content has to compare.
 * @throws ImageError FORMAT, UNSAFE, NOT_FOUND
 */
export async function readEntries({ descriptor }: ImageLayer, sink: EntrySink, reading: Reading): Promise<void> {
  const { blobs, context, signal } = reading
  const claim = await present(descriptor, blobs)
  const parser = new LayerParser(sink)
  const { looks, bytes } = await sniff(blobs.open(claim))
  const packing = packingOf(looks)
  if (packing === 'none') {
    let next: number | undefined = await readUntilLeap(bytes, parser, { start: 0, reading })
    while (next !== undefined) next = await readUntilLeap(blobs.open(claim, next), parser, { start: next, reading })
  } else {
    const name = `headers of ${shortDigest(descriptor.digest)}`
    const stored = context.watch({ name, size: descriptor.size }, bytes)
    for await (const chunk of untilAborted(decompress(stored, packing), signal)) parser.push(chunk)
  }
  parser.end()
}

/** Reads up to a large content; returns where to go on behind it, undefined at the end. */
async function readUntilLeap(
  bytes: Bytes,
  parser: LayerParser,
  { start, reading: { context, signal } }: { start: number; reading: Reading },
): Promise<number | undefined> {
  let at = start
  for await (const chunk of untilAborted(bytes, signal)) {
    parser.push(chunk)
    at += chunk.length
    await context.breathe()
    if (parser.toSkip >= LEAP) return at + parser.skip()
  }
  return undefined
}

async function present(descriptor: Descriptor, blobs: Reading['blobs']) {
  const claim = rootOf(descriptor)
  if (!(await blobs.has(claim))) throw missingBlob(claim)
  return claim
}
