import type * as zstdModule from '@cloudpss/zstd'
import { ImageError, isAbort, isSystemError } from '../../spec/errors.js'
import { type Bytes, CHUNK } from '../bytes.js'
import { released } from '../release.js'
import { Threads } from '../threads.js'
import { through } from '../through.js'
import { type Compressed, sideBySide } from './sideBySide.js'
import { zstdFrames } from './zstdFrames.js'

/** Of zstd, in the library. */
export const ZSTD_VERSION = '1.5.6'

/** The default of zstd itself. */
const ZSTD_LEVEL = 3

interface Question {
  block: Uint8Array
  level: number
}

const threads = new Threads<Question, Compressed>(new URL('./zstd-worker.js', import.meta.url))

/**
 * Compresses to zstd frames of one block each, side by side; how many at a time does not change the bytes. Readers take
 * several frames for one (RFC 8878); no content is one frame of nothing.
 */
export async function* zstd(bytes: Bytes, { level = ZSTD_LEVEL, jobs }: { level?: number; jobs: number }): Bytes {
  await load()
  const compress = (block: Uint8Array) => threads.ask({ block, level }, [block.buffer as ArrayBuffer])
  let isEmpty = true
  for await (const piece of released(sideBySide(bytes, { size: frameSize(level), jobs, compress }))) {
    isEmpty = false
    yield piece
  }
  if (isEmpty) yield* (await compress(new Uint8Array(0))).pieces
}

/** So large that a frame of its own costs little: levels that look further back need more. */
function frameSize(level: number): number {
  return level <= 6 ? 2 * CHUNK : 8 * CHUNK
}

/**
 * Decompresses zstd, of one frame or several.
 * @throws ImageError FORMAT if the data is damaged or ends early
 */
export async function* unzstd(bytes: Bytes): Bytes {
  const { Decompressor } = await load()
  try {
    // One for all frames: there may be very many, and each decompressor holds memory that is not Node's.
    yield* released(through(grouped(pieces(bytes)), new Decompressor()))
  } catch (error) {
    if (error instanceof ImageError || isAbort(error) || isSystemError(error)) throw error
    if (/too much memory/.test((error as Error).message)) throw wideWindow(error)
    throw new ImageError('FORMAT', `zstd data is damaged: ${(error as Error).message}`, { cause: error })
  }
}

/** What zstd itself takes only with --long=28 or more, and engines never. */
function wideWindow(cause: unknown): ImageError {
  return new ImageError('UNSUPPORTED', 'zstd data needs more memory than is given to it', {
    expected: 'a window of at most 128 MiB',
    hint: 'compress it again without --long or --ultra: zstd -dc --long=31 FILE | zstd > NEW',
    cause,
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

/** Only when needed: loading a native library costs a few milliseconds. */
async function load(): Promise<typeof zstdModule> {
  const library = await import('@cloudpss/zstd')
  if (library.TYPE === 'napi') return library
  throw new ImageError('UNSUPPORTED', `zstd is not supported on ${process.platform} ${process.arch}`, {
    hint: 'choose --layers gzip',
  })
}
