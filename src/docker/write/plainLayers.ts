import type { Output } from '../../archive/output/output.js'
import type { Pool } from '../../archive/output/pool.js'
import type { Bytes } from '../../bytes/bytes.js'
import { drain } from '../../bytes/bytes.js'
import type { Context } from '../../bytes/context.js'
import { mapParallel } from '../../bytes/mapParallel.js'
import { lookAt } from '../../bytes/sniff.js'
import { decompress, packingOf } from '../../compression/codecs.js'
import { sizeHint } from '../../compression/sizeHint.js'
import { tap } from '../../hashing/tap.js'
import { regroup } from '../../io/doubleBuffer.js'
import { assertDiffID } from '../../layer/check.js'
import type { Packing } from '../../spec/compression.js'
import { algorithmOf, type DiffID, type Digest, parseDigest } from '../../spec/digest.js'
import { ImageError, invariant } from '../../spec/errors.js'
import type { Descriptor } from '../../spec/parse.js'
import type { Root } from '../../store/nodes.js'
import type { TarSource } from '../../tar/write.js'
import type { Exportable } from './exportable.js'

/** A layer to write uncompressed. */
interface PlainLayer {
  blob: Root
  diffID: DiffID
  /** The layer's position in its image, for messages. */
  at: number
  packing: Packing
}

/** A layer of the archive that is written. */
export interface WrittenLayer {
  /** Uncompressed, in bytes. */
  size: number
  content: (at: number) => Bytes
}

/** Each layer of the archive, once. */
export type PlainLayers = ReadonlyMap<DiffID, WrittenLayer>

/** Returns the layer with a diffID that an image of the archive has. */
export function layerOf(layers: PlainLayers, diffID: DiffID): WrittenLayer {
  const layer = layers.get(diffID)
  invariant(layer !== undefined, 'every layer of an exported image is written')
  return layer
}

/**
 * Writes an archive that has the images' layers uncompressed. Their sizes must be known before the first byte is
 * written, and a compressed layer only hints at its own. If the archive can be rewritten, the hint is trusted until it
 * proves wrong. Otherwise, and without a hint, the layer is decompressed once more to measure it.
 * @param entriesOf returns all entries of the archive
 * @returns the layers as they were written
 * @throws ImageError INTEGRITY for a layer that is not the one that the config names
 */
export async function writePlain(
  images: readonly Exportable[],
  { pool, output, context }: { pool: Pool; output: Output; context: Context },
  entriesOf: (layers: PlainLayers) => readonly TarSource[],
): Promise<PlainLayers> {
  const { layers, doubles } = await plainLayers(images, pool)
  const sizes = new Map<DiffID, number>()
  const largestFirst = ({ blob }: PlainLayer) => blob.size
  await mapParallel(layers, context.jobs, {
    sizeOf: largestFirst,
    work: async (layer) => sizes.set(layer.diffID, await sizeOf(layer, { pool, mayGuess: output.canRewrite })),
  })
  // Checked but not written: two blobs claim one diffID, and a false claim must not replace a layer by another.
  const check = (layer: PlainLayer) => drain(plainBytes(layer, pool))
  await mapParallel(doubles, context.jobs, { sizeOf: largestFirst, work: check })
  for (;;) {
    const found = new Map<DiffID, number>()
    const sized = sizedLayers(layers, { pool, sizes, found })
    await output.write(entriesOf(sized))
    if ([...found].every(([diffID, size]) => sizes.get(diffID) === size)) return sized
    for (const [diffID, size] of found) sizes.set(diffID, size)
  }
}

/**
 * Returns each layer once, its compression read from its bytes; and separately other blobs that claim a known diffID.
 */
async function plainLayers(
  images: readonly Exportable[],
  pool: Pool,
): Promise<{ layers: PlainLayer[]; doubles: PlainLayer[] }> {
  const layers = new Map<DiffID, PlainLayer>()
  const doubles = new Map<Digest, PlainLayer>()
  for (const { manifest, diffIDs } of images) {
    for (const [at, diffID] of diffIDs.entries()) {
      const descriptor = manifest.layers[at]
      if (descriptor === undefined || layers.get(diffID)?.blob.digest === descriptor.digest) continue
      const layer = await plainLayer(descriptor, { diffID, at, pool })
      if (layers.has(diffID)) doubles.set(layer.blob.digest, layer)
      else layers.set(diffID, layer)
    }
  }
  return { layers: [...layers.values()], doubles: [...doubles.values()] }
}

async function plainLayer(
  { digest, size, mediaType }: Descriptor,
  { diffID, at, pool }: { diffID: DiffID; at: number; pool: Pool },
): Promise<PlainLayer> {
  const blob = { mediaType, digest: parseDigest(digest), size }
  if (!(await pool.has(blob))) throw absentLayer(blob)
  const packing = packingOf(await lookAt(pool.open(blob)))
  if (isNamesake(blob, diffID) && packing === 'none') assertDiffID(diffID, blob.digest, at)
  return { blob, diffID, at, packing }
}

/** True if the digest of a blob and a diffID have the same algorithm and can be compared. */
function isNamesake({ digest }: Root, diffID: DiffID): boolean {
  return algorithmOf(digest) === algorithmOf(diffID)
}

/** Only a foreign layer can be absent: its urls say where it is. */
function absentLayer({ digest }: Root): ImageError {
  return new ImageError('NOT_FOUND', 'a foreign layer is not in the source, and this format must contain it', {
    where: digest,
    hint: 'use --format docker: the engine then fetches the layer itself',
  })
}

async function sizeOf(layer: PlainLayer, { pool, mayGuess }: { pool: Pool; mayGuess: boolean }): Promise<number> {
  const { blob, packing } = layer
  if (packing === 'none') return blob.size
  const hint = mayGuess
    ? await sizeHint({ packing, size: blob.size, open: (start) => pool.open(blob, start) })
    : undefined
  if (hint !== undefined) return hint
  let size = 0
  await drain(
    counted(plainBytes(layer, pool), (length) => {
      size = length
    }),
  )
  return size
}

interface Sizes {
  pool: Pool
  /** The assumed sizes of the layers. */
  sizes: ReadonlyMap<DiffID, number>
  /** Receives the true sizes, as the layers pass. */
  found: Map<DiffID, number>
}

function sizedLayers(layers: readonly PlainLayer[], { pool, sizes, found }: Sizes): PlainLayers {
  return new Map(
    layers.map((layer) => {
      const size = sizes.get(layer.diffID)
      invariant(size !== undefined, 'every layer was sized')
      const note = (length: number) => found.set(layer.diffID, length)
      return [layer.diffID, { size, content: (at) => fitted(counted(plainBytes(layer, pool, at), note), size) }]
    }),
  )
}

/**
 * Yields the uncompressed bytes of a layer; throws at their end unless blob and config agree with them.
 * @param start offset in the archive; chunks are cut at the file's block boundaries, so they are written without a copy
 */
async function* plainBytes({ blob, diffID, at, packing }: PlainLayer, pool: Pool, start = 0): Bytes {
  const stored = pool.content(blob)
  if (packing === 'none' && isNamesake(blob, diffID)) return yield* stored
  const plain = tap(regroup(decompress(stored, packing), { at: start }), algorithmOf(diffID))
  yield* plain.bytes
  assertDiffID(diffID, (await plain.sum).digest, at)
}

async function* counted(bytes: Bytes, note: (length: number) => void): Bytes {
  let length = 0
  for await (const chunk of bytes) {
    length += chunk.length
    yield chunk
  }
  note(length)
}

/**
 * Cuts or pads the bytes to the size in the header. If the guess was wrong, the archive is written again, but the layer
 * must be read to its end.
 */
async function* fitted(bytes: Bytes, size: number): Bytes {
  let left = size
  for await (const chunk of bytes) {
    const part = chunk.subarray(0, left)
    left -= part.length
    if (part.length > 0) yield part
  }
  for (; left > 0; left -= ZEROS.length) yield ZEROS.subarray(0, left)
}

const ZEROS = Buffer.alloc(64 * 1024)
