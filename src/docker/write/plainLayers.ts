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
import type { Root } from '../../store/graph.js'
import type { TarSource } from '../../tar/write.js'
import type { Exportable } from './exportable.js'

/** A layer that is written uncompressed. */
interface PlainLayer {
  blob: Root
  diffID: DiffID
  /** Its place in an image, for messages. */
  at: number
  packing: Packing
}

/** A layer of an archive to be. */
export interface WrittenLayer {
  /** Uncompressed, in bytes. */
  size: number
  content: (at: number) => Bytes
}

/** Each layer of an archive to be, once. */
export type PlainLayers = ReadonlyMap<DiffID, WrittenLayer>

/** The layer of a diffID that an image of the archive has. */
export function layerOf(layers: PlainLayers, diffID: DiffID): WrittenLayer {
  const layer = layers.get(diffID)
  invariant(layer !== undefined, 'every layer of an exported image is written')
  return layer
}

/**
 * Writes an archive that has the layers of images uncompressed. Their sizes have to be known before the first byte can
 * be written, and a compressed layer only hints at its own: where the archive can be written anew, the hint is
 * believed until it proves wrong; elsewhere, and without a hint, the layer is decompressed once more to measure it.
 * @param entriesOf all entries of the archive
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
  // Not written, but said to be the same: a layer must not be taken for another that only claims its diffID.
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

/** Each layer once, told by its bytes how it is compressed; and what else is said to be one of them. */
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

/** Whether the digests of a blob and of a layer are comparable. */
function isNamesake({ digest }: Root, diffID: DiffID): boolean {
  return algorithmOf(digest) === algorithmOf(diffID)
}

/** Only a foreign layer can be absent: it stays where its urls say. */
function absentLayer({ digest }: Root): ImageError {
  return new ImageError('NOT_FOUND', 'a foreign layer is not in the source, and the format cannot do without', {
    where: digest,
    hint: '--format docker leaves it to the engine to fetch it',
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
  /** What the layers are taken to be long. */
  sizes: ReadonlyMap<DiffID, number>
  /** Told how long they are, as they pass. */
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
 * The uncompressed bytes of a layer; fails at their end unless they are what blob and config say.
 * @param start where in the archive they are to be: in chunks that begin where blocks of its file do, they are written as they are
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

/** As many bytes as there is room for: what was guessed wrong is written once more, but has to be read to its end. */
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
