import { type Bytes, CHUNK } from '../bytes/bytes.js'
import { release, released } from '../bytes/release.js'
import { PROGRAM } from '../generated/zstdProgram.js'
import { ImageError } from '../spec/errors.js'
import { Threads } from '../threads/threads.js'
import { type CompressedBlock, type Stop, sideBySide } from './sideBySide.js'
import { zstdFrames } from './zstdFrames.js'
import type { Decompressor, ZstdError } from './zstdLibrary.js'

/** Of zstd, in the library. */
export const ZSTD_VERSION = '1.5.6'

/** The default of zstd itself. */
const ZSTD_LEVEL = 3

/** How to compress. */
interface ZstdOptions {
  level?: number
  jobs: number
  /** Stops it, also while blocks are at work. */
  signal?: AbortSignal | undefined
}

/** What a thread is asked. */
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
 * Compresses to zstd frames of one block each, side by side; how many at a time does not change the bytes. Readers take
 * several frames for one (RFC 8878); no content is one frame of nothing.
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

/** So large that a frame of its own costs little: levels that look further back need more. */
function frameSize(level: number): number {
  return level <= 6 ? 2 * CHUNK : 8 * CHUNK
}

/**
 * Decompresses zstd, of one frame or several.
 * @throws ImageError FORMAT if the data is damaged or ends early, UNSUPPORTED if it needs too much memory
 */
export async function* unzstd(bytes: Bytes): Bytes {
  const library = await import('./zstdLibrary.js')
  // One for all frames: there may be very many, and each decompressor holds memory that is not Node's.
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

/** Decompressors that can be used again. */
const idle: Decompressor[] = []

/** Those of the windows that are usual take little; what a larger one took is given back. */
const [MOST_IDLE, LITTLE] = [4, 16 * CHUNK]

function putBack(decompressor: Decompressor): void {
  if (idle.length < MOST_IDLE && decompressor.size <= LITTLE) idle.push(decompressor)
}

/** What zstd itself takes only with --long=28 or more, and engines never (ZSTD_error_frameParameter_windowTooLarge). */
const WIDE_WINDOW = 16

function problemOf(error: ZstdError): ImageError {
  if (error.code !== WIDE_WINDOW) {
    return new ImageError('FORMAT', `zstd data is damaged: ${error.message}`, { cause: error })
  }
  return new ImageError('UNSUPPORTED', 'zstd data needs more memory than is given to it', {
    expected: 'a window of at most 128 MiB',
    hint: 'compress it again without --long or --ultra: zstd -dc --long=31 FILE | zstd > NEW',
    cause: error,
  })
}

async function* pieces(bytes: Bytes): Bytes {
  for await (const frame of zstdFrames(bytes)) yield* frame
}

/** As many blocks as are decompressed in one go: each becomes at most 128 KiB, and each go costs as much beside. */
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
