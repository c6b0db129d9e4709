import { availableParallelism } from 'node:os'
import { untilAborted } from '../bytes/abortable.js'
import { type Bytes, skipping } from '../bytes/bytes.js'
import { fork } from '../bytes/fork.js'
import { type Looks, lookAt, sniff } from '../bytes/sniff.js'
import { compress, compressorOf, decompress, packingOf } from '../compression/codecs.js'
import { type OnRest, refuseJunk } from '../compression/gunzip.js'
import { sum } from '../hashing/hash.js'
import { tap } from '../hashing/tap.js'
import { verified } from '../hashing/verify.js'
import { assertClaim, type Claim, type Sum } from '../spec/claim.js'
import { type Compression, chosenCompression, type Packing } from '../spec/compression.js'
import { type Algorithm, algorithmOf, type DiffID } from '../spec/digest.js'
import { isAbort } from '../spec/errors.js'
import type { Warning } from '../spec/warnings.js'
import type { RepeatableContent } from '../store/blobs.js'
import { type ContentPool, putContent, putUnnamed } from '../store/putContent.js'
import type { Layer } from './layer.js'
import type { LayerOptions } from './layerOptions.js'

/** A layer's bytes, and the claims about them. */
export interface LayerBytes {
  bytes: Bytes
  /** Their form by their first bytes, if somebody looked already. */
  looks?: Looks
  /** The claim about the bytes as they come, if there is one. */
  claim?: Claim
  /** The claim about the bytes if they are not compressed. */
  plainClaim?: Claim
  /** Opens the bytes once more, from `start` on; absent if they flow only once. */
  open?: RepeatableContent['open']
  /** Looks at the uncompressed bytes of a compressed layer as they pass, and may refuse them. */
  through?: (plain: Bytes) => Bytes
  /** Called with oddities of the bytes. */
  note?: (oddity: Omit<Warning, 'where'>) => void
}

/**
 * Stores one layer in the sink, in one pass: its bytes stay as they are, or are compressed as chosen. Digest and diffID
 * are computed on the way.
 * @throws ImageError INTEGRITY if a claim does not hold, FORMAT for damaged compression
 */
export async function storeLayer(layer: LayerBytes, sink: ContentPool, options: LayerOptions): Promise<Layer> {
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
    return keep({ bytes: plain, ...plainOpen(layer, present) }, sink, { compression: wanted, signal })
  }
  return recompress(plain, { sink, compression: wanted, options })
}

function noteChange({ note }: LayerBytes, packing: Packing): void {
  const message = `the layer is compressed with ${packing}, which OCI has no media type for; it becomes gzip`
  note?.({ code: 'LAYER_COMPRESSION', message })
}

/**
 * Returns a handler for bytes after the compressed data. Zeros cause a warning. Anything else is refused, since some
 * readers would lose it.
 */
function paddingOf({ note }: LayerBytes): OnRest {
  let isTold = false
  return (rest) => {
    refuseJunk(rest)
    if (!isTold) note?.({ code: 'GZIP_PADDING', message: 'zeros follow the compressed data' })
    isTold = true
  }
}

/** Opens the uncompressed bytes once more; to skip to `start`, all before it must be decompressed, too. */
function plainOpen({ open }: LayerBytes, packing: Packing): Pick<LayerBytes, 'open'> {
  if (open === undefined) return {}
  return { open: (start = 0) => skipping(decompress(open(), packing), start) }
}

/** Returns the digest of the uncompressed bytes, without storing them. */
export async function diffIDOf(bytes: Bytes, algorithm?: Algorithm | undefined): Promise<DiffID> {
  const { looks, bytes: whole } = await sniff(bytes)
  return (await sum(decompress(whole, packingOf(looks)), algorithm)).digest
}

/** Bytes that can be opened once more are looked at apart: those that pass are not begun before somebody wants them. */
async function look({ bytes, looks, open }: LayerBytes): Promise<{ looks: Looks; bytes: Bytes }> {
  if (looks !== undefined) return { looks, bytes }
  return open === undefined ? sniff(bytes) : { looks: await lookAt(open()), bytes }
}

async function keep(
  layer: LayerBytes,
  sink: ContentPool,
  { compression, signal }: { compression: Compression; signal: AbortSignal | undefined },
): Promise<Layer> {
  const { bytes, claim, plainClaim, open, through = (plain) => plain } = layer
  if (compression === 'none') return keepPlain(layer, sink)
  const { branches, stop } = fork(bytes)
  const [asItIs, toDecompress] = branches
  const plainBytes = through(untilAborted(decompress(toDecompress, compression, paddingOf(layer)), signal))
  // The claim would allow the sink to leave its branch unread, and both branches must be read.
  const [stored, plain] = await both(
    [putUnnamed(sink, asItIs, open), sum(plainBytes, plainClaim && algorithmOf(plainClaim.digest))],
    stop,
  )
  if (claim !== undefined) assertClaim(stored, claim)
  return { ...stored, compression, diffID: plain.digest }
}

/** Digest and diffID of plain bytes are the same, unless they use different algorithms. */
async function keepPlain({ bytes, claim, plainClaim, open }: LayerBytes, sink: ContentPool): Promise<Layer> {
  const named = claim ?? plainClaim
  const algorithm = plainClaim === undefined ? 'sha256' : algorithmOf(plainClaim.digest)
  if (named === undefined) return plainLayer(await putUnnamed(sink, bytes, open))
  if (algorithmOf(named.digest) === algorithm) {
    if (open === undefined) return plainLayer(await sink.put(bytes, named))
    return plainLayer(await putContent(sink, { claim: named, open }, bytes))
  }
  const tapped = tap(bytes, algorithm)
  const stored = await sink.put(tapped.bytes, named)
  return { ...stored, compression: 'none', diffID: (await tapped.sum).digest }
}

function plainLayer(stored: Sum): Layer {
  return { ...stored, compression: 'none', diffID: stored.digest }
}

interface RecompressOptions {
  sink: ContentPool
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

/**
 * Returns both results. If one fails, the other is stopped; throws the error that came first, and not the abort that it
 * caused.
 */
async function both<A, B>(work: [Promise<A>, Promise<B>], stop: () => void): Promise<[A, B]> {
  for (const part of work) part.catch(stop)
  const [first, second] = await Promise.allSettled(work)
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value]
  const failures = [first, second].flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  throw failures.find((failure) => !isAbort(failure)) ?? failures[0]
}
