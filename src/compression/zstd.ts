import { type Bytes, CHUNK } from '../bytes/bytes.js'
import { release, released } from '../bytes/release.js'
import { PROGRAM } from '../generated/zstdProgram.js'
import { ImageError } from '../spec/errors.js'
import { Threads } from '../threads/threads.js'
import { type CompressedBlock, type Stop, sideBySide } from './sideBySide.js'
import { zstdFrames } from './zstdFrames.js'
import type { Decompressor, ZstdError } from './zstdLibrary.js'

/** Version of zstd in the library. */
export const ZSTD_VERSION = '1.5.6'

/** The default level of zstd itself. */
const ZSTD_LEVEL = 3

/** Options for compressing. */
interface ZstdOptions {
  level?: number
  jobs: number
  /** Stops the work, even while blocks are being compressed. */
  signal?: AbortSignal | undefined
}

/** A question to a thread. */
export interface ZstdQuestion {
  block: Uint8Array
  level: number
  stop: Stop
}

/** Started by the first who compresses: the library is loaded only then. */
let threads: Promise<Threads<ZstdQuestion, CompressedBlock>> | undefined

async function startThreads(): Promise<Threads<ZstdQuestion, CompressedBlock>> {
  const { WASM } = await import('../generated/zstd.js')
  return new Threads<ZstdQuestion, CompressedBlock>(PROGRAM, () => ({ WASM }))
}

/**
 * Compresses to zstd frames of one block each, side by side; the number of jobs does not change the bytes. Readers
 * treat several frames as one (RFC 8878). Empty content becomes one empty frame.
 */
export async function* zstd(bytes: Bytes, { level = ZSTD_LEVEL, jobs, signal }: ZstdOptions): Bytes {
  threads ??= startThreads()
  const all = await threads
  const compress = (block: Uint8Array, stop: Stop) => all.ask({ block, level, stop }, [block.buffer as ArrayBuffer])
  let isEmpty = true
  for await (const piece of released(sideBySide(bytes, { size: frameSize(level), jobs, compress, signal }))) {
    isEmpty = false
    yield piece
  }
  if (isEmpty) yield* (await compress(new Uint8Array(0), new Int32Array(1))).pieces
}

/** Returns a frame size at which separate frames cost little; levels that look further back need larger frames. */
function frameSize(level: number): number {
  return level <= 6 ? 2 * CHUNK : 8 * CHUNK
}

/**
 * Decompresses zstd data of one frame or several.
 * @throws ImageError FORMAT if the data is damaged or ends early, UNSUPPORTED if it needs too much memory
 */
export async function* unzstd(bytes: Bytes): Bytes {
  const library = await import('./zstdLibrary.js')
  // One for all frames: there may be very many, and a decompressor holds memory outside of Node's heap.
  const decompressor = idle.pop() ?? new library.Decompressor()
  try {
    decompressor.begin()
    for await (const group of grouped(pieces(bytes))) {
      for (const chunk of decompressor.decompress(group)) {
        yield chunk
        release(chunk)
      }
    }
    if (!decompressor.isBetweenFrames) throw new ImageError('FORMAT', 'zstd data is damaged: it ends within a frame')
    putBack(decompressor)
  } catch (error) {
    throw error instanceof library.ZstdError ? problemOf(error) : error
  }
}

/** Decompressors for reuse. */
const idle: Decompressor[] = []

/** Limits on idle decompressors. Usual windows take little memory; a decompressor that needed more is released. */
const [MOST_IDLE, LITTLE] = [4, 16 * CHUNK]

function putBack(decompressor: Decompressor): void {
  if (idle.length < MOST_IDLE && decompressor.size <= LITTLE) idle.push(decompressor)
}

/**
 * zstd's error for a window that zstd itself accepts only with --long=28 or more, and engines never
 * (ZSTD_error_frameParameter_windowTooLarge).
 */
const WIDE_WINDOW = 16

function problemOf(error: ZstdError): ImageError {
  if (error.code !== WIDE_WINDOW) {
    return new ImageError('FORMAT', `zstd data is damaged: ${error.message}`, { cause: error })
  }
  return new ImageError('UNSUPPORTED', 'zstd data needs more memory than is allowed', {
    expected: 'a window of at most 128 MiB',
    hint: 'compress it again without --long or --ultra: zstd -dc --long=31 FILE | zstd > NEW',
    cause: error,
  })
}

async function* pieces(bytes: Bytes): Bytes {
  for await (const frame of zstdFrames(bytes)) yield* frame
}

/** Blocks to decompress in one call. Each yields at most 128 KiB, and every call has the same overhead. */
const GROUP = 8

async function* grouped(bytes: Bytes): Bytes {
  let group: Uint8Array[] = []
  for await (const piece of bytes) {
    group.push(piece)
    if (group.length < GROUP) continue
    yield Buffer.concat(group)
    group = []
  }
  if (group.length > 0) yield Buffer.concat(group)
}
