import { availableParallelism } from 'node:os'
import { untilAborted } from '../bytes/abortable.js'
import { type Bytes, skipping } from '../bytes/bytes.js'
import { fork } from '../bytes/fork.js'
import { type Looks, lookAt, sniff } from '../bytes/sniff.js'
import { compress, compressorOf, decompress, packingOf } from '../compression/codecs.js'
import { type OnRest, refuseJunk } from '../compression/gunzip.js'
import { type Sum, sum } from '../hashing/hash.js'
import { tap } from '../hashing/tap.js'
import { assertClaim, type Claim, verified } from '../hashing/verify.js'
import {
  type Compression,
  chosenCompression,
  type GzipCompressor,
  type LayerChoice,
  type Packing,
} from '../spec/compression.js'
import { type Algorithm, algorithmOf, type DiffID } from '../spec/digest.js'
import { isAbort } from '../spec/errors.js'
import type { Warning } from '../spec/warnings.js'
import type { Again, BlobPool } from '../store/blobs.js'

/** A layer that is in the sink. */
export interface Layer extends Sum {
  /** Of the bytes in the sink, told by the bytes. */
  compression: Compression
  diffID: DiffID
  /** What compressed it, if its bytes are new. */
  compressor?: string
}

/** What is to become of a layer's bytes. */
export interface LayerOptions {
  layers: LayerChoice
  /** Compression level; that of the algorithm if absent. */
  level?: number
  /** What makes gzip. */
  compressor?: GzipCompressor
  jobs: number
  /** Stops the work, also on content of which much comes out of little. */
  signal?: AbortSignal | undefined
}

/** How many large layers are to be at work at a time: one that is compressed keeps all cores busy, two also at its end. */
export function jobLimits({ layers }: LayerOptions): { mostLarge?: number } {
  return layers === 'gzip' || layers === 'zstd' ? { mostLarge: 2 } : {}
}

/** Where a layer's bytes come from. */
export interface LayerBytes {
  bytes: Bytes
  /** What they look like, if somebody looked already. */
  looks?: Looks
  /** What they are claimed to be as they come, if anything is. */
  claim?: Claim
  /** What they are claimed to be if they are not compressed. */
  plainClaim?: Claim
  /** How to have them once more, if that can be. */
  again?: Again
  /** Told of what is odd about them. */
  note?: (oddity: Omit<Warning, 'where'>) => void
}

/**
 * Carries one layer into the sink, in one pass: its bytes stay as they are, or are compressed as chosen, and what they
 * are, compressed and not, is computed on the way.
 * @throws ImageError INTEGRITY if a claim does not hold, FORMAT for damaged compression
 */
export async function storeLayer(
  layer: LayerBytes,
  sink: Pick<BlobPool, 'put'>,
  options: LayerOptions,
): Promise<Layer> {
  const { looks, bytes } = await look(layer)
  const present = packingOf(looks)
  const wanted = chosenCompression(options.layers, present)
  const { signal } = options
  if (present === wanted) return keep({ ...layer, bytes }, sink, { compression: present, signal })
  if (options.layers === 'keep') noteChange(layer, present)
  const { claim } = layer
  const checked = claim === undefined ? bytes : verified(bytes, { claim, where: claim.digest })
  const plain = untilAborted(decompress(checked, present, paddingOf(layer)), signal)
  if (wanted === 'none') {
    return keep({ bytes: plain, ...plainAgain(layer, present) }, sink, { compression: wanted, signal })
  }
  return recompress(plain, { sink, compression: wanted, options })
}

function noteChange({ note }: LayerBytes, packing: Packing): void {
  const message = `the layer is compressed with ${packing}, which OCI has no media type for; it becomes gzip`
  note?.({ code: 'LAYER_COMPRESSION', message })
}

/** Zeros after compressed data are told; anything else would be lost on some readers, and is refused. */
function paddingOf({ note }: LayerBytes): OnRest {
  let isTold = false
  return (rest) => {
    refuseJunk(rest)
    if (!isTold) note?.({ code: 'GZIP_PADDING', message: 'zeros follow the compressed data' })
    isTold = true
  }
}

/** How to have the uncompressed bytes once more: what was skipped of them has to be decompressed, too. */
function plainAgain({ again }: LayerBytes, packing: Packing): { again?: Again } {
  if (again === undefined) return {}
  return { again: (start = 0) => skipping(decompress(again(), packing), start) }
}

/** The uncompressed bytes' digest, of bytes that need not be stored. */
export async function diffIDOf(bytes: Bytes, algorithm?: Algorithm | undefined): Promise<DiffID> {
  const { looks, bytes: whole } = await sniff(bytes)
  return (await sum(decompress(whole, packingOf(looks)), algorithm)).digest
}

/** Bytes that can be had again are looked at apart, so that those that flow are not begun before somebody wants them. */
async function look({ bytes, looks, again }: LayerBytes): Promise<{ looks: Looks; bytes: Bytes }> {
  if (looks !== undefined) return { looks, bytes }
  return again === undefined ? sniff(bytes) : { looks: await lookAt(again()), bytes }
}

async function keep(
  layer: LayerBytes,
  sink: Pick<BlobPool, 'put'>,
  { compression, signal }: { compression: Compression; signal: AbortSignal | undefined },
): Promise<Layer> {
  const { bytes, claim, plainClaim, again } = layer
  if (compression === 'none') return keepPlain(layer, sink)
  const { branches, stop } = fork(bytes)
  const [asItIs, toDecompress] = branches
  const plainBytes = untilAborted(decompress(toDecompress, compression, paddingOf(layer)), signal)
  // Without the claim, which would be a reason not to read one of the branches, and both have to be.
  const [stored, plain] = await both(
    [sink.put(asItIs, undefined, again), sum(plainBytes, plainClaim && algorithmOf(plainClaim.digest))],
    stop,
  )
  if (claim !== undefined) assertClaim(stored, claim)
  return { ...stored, compression, diffID: plain.digest }
}

/** Of plain bytes digest and diffID are the same, unless they are of different algorithms. */
async function keepPlain({ bytes, claim, plainClaim, again }: LayerBytes, sink: Pick<BlobPool, 'put'>): Promise<Layer> {
  const named = claim ?? plainClaim
  const algorithm = plainClaim === undefined ? 'sha256' : algorithmOf(plainClaim.digest)
  if (named === undefined || algorithmOf(named.digest) === algorithm) {
    const stored = await sink.put(bytes, named, again)
    return { ...stored, compression: 'none', diffID: stored.digest }
  }
  const tapped = tap(bytes, algorithm)
  const stored = await sink.put(tapped.bytes, named)
  return { ...stored, compression: 'none', diffID: (await tapped.sum).digest }
}

interface RecompressOptions {
  sink: Pick<BlobPool, 'put'>
  compression: Exclude<Compression, 'none'>
  options: LayerOptions
}

async function recompress(plain: Bytes, { sink, compression, options }: RecompressOptions): Promise<Layer> {
  // Threads that hash would only take memory where all cores are busy compressing, and where that is slow.
  const inThread = compression !== 'gzip' && availableParallelism() > 2
  const tapped = tap(plain, 'sha256', { inThread })
  const stored = await sink.put(compress(tapped.bytes, compression, options))
  const compressor = compressorOf(compression, options)
  return { ...stored, compression, diffID: (await tapped.sum).digest, compressor }
}

/** Both results. When one fails, the other is stopped; the error is that of the one that failed by itself. */
async function both<A, B>(work: [Promise<A>, Promise<B>], stop: () => void): Promise<[A, B]> {
  for (const part of work) part.catch(stop)
  const [first, second] = await Promise.allSettled(work)
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value]
  const failures = [first, second].flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  throw failures.find((failure) => !isAbort(failure)) ?? failures[0]
}
