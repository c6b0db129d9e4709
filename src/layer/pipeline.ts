import type { Bytes } from '../bytes/bytes.js'
import { compress, compressionOf, decompress } from '../bytes/compression/table.js'
import { fork } from '../bytes/fork.js'
import { type Sum, sum } from '../bytes/hash.js'
import { sniff } from '../bytes/sniff.js'
import { tap } from '../bytes/tap.js'
import { type Claim, verified } from '../bytes/verify.js'
import { type Compression, chosenCompression, type LayerChoice } from '../spec/compression.js'
import type { DiffID } from '../spec/digest.js'
import { isAbort } from '../spec/errors.js'
import type { BlobSink } from '../store/blobs.js'

/** A layer that is in the sink. */
export interface Layer extends Sum {
  /** Of the bytes in the sink, told by the bytes. */
  compression: Compression
  diffID: DiffID
}

/** What is to become of a layer's bytes. */
export interface LayerOptions {
  layers: LayerChoice
  /** Compression level; that of the algorithm if absent. */
  level?: number
  jobs: number
}

/** Where a layer's bytes come from. */
export interface LayerBytes {
  bytes: Bytes
  /** What they are claimed to be as they come, if anything is. */
  claim?: Claim
}

/**
 * Carries one layer into the sink, in one pass: its bytes stay as they are, or are compressed as chosen, and what they
 * are, compressed and not, is computed on the way.
 * @throws ImageError INTEGRITY if a claim does not hold, FORMAT for damaged compression
 */
export async function storeLayer(
  layer: LayerBytes,
  sink: Pick<BlobSink, 'put'>,
  options: LayerOptions,
): Promise<Layer> {
  const { looks, bytes } = await sniff(layer.bytes)
  const present = compressionOf(looks)
  const wanted = chosenCompression(options.layers, present)
  if (present === wanted) return keep(bytes, { sink, compression: present, claim: layer.claim })
  const { claim } = layer
  const checked = claim === undefined ? bytes : verified(bytes, { claim, where: claim.digest })
  return recompress(decompress(checked, present), { sink, compression: wanted, options })
}

/** The uncompressed bytes' digest, of bytes that need not be stored. */
export async function diffIDOf(bytes: Bytes): Promise<DiffID> {
  const { looks, bytes: whole } = await sniff(bytes)
  return (await sum(decompress(whole, compressionOf(looks)))).digest
}

interface KeepOptions {
  sink: Pick<BlobSink, 'put'>
  compression: Compression
  claim: Claim | undefined
}

async function keep(bytes: Bytes, { sink, compression, claim }: KeepOptions): Promise<Layer> {
  if (compression === 'none') {
    const stored = await sink.put(bytes, claim)
    return { ...stored, compression, diffID: stored.digest }
  }
  const { branches, stop } = fork(bytes)
  const [asItIs, toDecompress] = branches
  const [stored, plain] = await both([sink.put(asItIs, claim), sum(decompress(toDecompress, compression))], stop)
  return { ...stored, compression, diffID: plain.digest }
}

interface RecompressOptions {
  sink: Pick<BlobSink, 'put'>
  compression: Compression
  options: LayerOptions
}

async function recompress(plain: Bytes, { sink, compression, options }: RecompressOptions): Promise<Layer> {
  if (compression === 'none') return keep(plain, { sink, compression, claim: undefined })
  const tapped = tap(plain)
  const stored = await sink.put(compress(tapped.bytes, compression, options))
  return { ...stored, compression, diffID: (await tapped.sum).digest }
}

/** Both results. When one fails, the other is stopped; the error is that of the one that failed by itself. */
async function both<A, B>(work: [Promise<A>, Promise<B>], stop: () => void): Promise<[A, B]> {
  for (const part of work) part.catch(stop)
  const [first, second] = await Promise.allSettled(work)
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value]
  const failures = [first, second].flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  throw failures.find((failure) => !isAbort(failure)) ?? failures[0]
}
