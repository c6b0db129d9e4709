import { promisify } from 'node:util'
import { constants, deflateRaw, type ZlibOptions } from 'node:zlib'
import { CHUNK } from '../bytes/bytes.js'
import { release } from '../bytes/release.js'
import { WASM } from '../generated/deflate.js'
import { PROGRAM as DEFLATE } from '../generated/deflateProgram.js'
import { PROGRAM as LIBDEFLATE } from '../generated/libdeflateProgram.js'
import type { GzipCompressor } from '../spec/compression.js'
import { ImageError } from '../spec/errors.js'
import { Threads } from '../threads/threads.js'
import type { encoder } from './encoder.js'
import { loadLibdeflate, whereKoffiIs } from './libdeflate.js'
import type { CompressedBlock, Stop } from './sideBySide.js'

/**
 * Compresses a block to whole bytes of DEFLATE (RFC 1951). None of its blocks is the last: more may follow.
 * @param before the content before the block, at most 32 KiB, for it to refer to; its memory is transferred
 */
export type Deflate = (block: Uint8Array, before: Uint8Array<ArrayBuffer>, stop: Stop) => Promise<CompressedBlock>

/** A compressor for the blocks of gzip. */
export interface Deflater {
  /** Size of a block of content, in bytes. */
  size: number
  deflate: Deflate
  /** The most blocks at a time; as many as there are jobs, if absent. */
  most?: number
}

/** The user's choice of compressor. */
export interface DeflateOptions {
  /** If absent, our own encoder, or zlib if there is a level. */
  compressor?: GzipCompressor
  /** For zlib or libdeflate; ours has no levels. */
  level?: number
}

/** Returns the name of the compressor for gzip. */
export function compressorOfGzip({ compressor, level }: DeflateOptions): GzipCompressor {
  return compressor ?? (level === undefined ? 'transload' : 'zlib')
}

/** Returns the chosen compressor. */
export function deflaterOf(options: DeflateOptions): Deflater {
  const compressor = compressorOfGzip(options)
  if (compressor === 'libdeflate') return libdeflate(options.level)
  if (compressor === 'zlib') return { size: CHUNK, deflate: zlibDeflate(options.level), most: POOL }
  return { size: CHUNK, deflate: builtinDeflate }
}

/** A question to a thread with our encoder. */
export interface DeflateQuestion {
  block: Uint8Array
  before: Uint8Array
  stop: Stop
}

/** A question to a thread with libdeflate. */
export type LibdeflateQuestion = DeflateQuestion & { level: number }

type Answer = CompressedBlock & Pick<DeflateQuestion, 'before'> & { failure?: string | undefined }

const threads = new Threads<DeflateQuestion, Answer>(DEFLATE, () => ({ WASM }))

/** Our own encoder: its output is the same on every machine. */
export const builtinDeflate: Deflate = (block, before, stop) =>
  threads.areThere() ? askedOf(threads, { block, before, stop }) : deflateHere(block, before)

let encoding: Promise<ReturnType<typeof encoder>> | undefined

/** Compresses in this thread, for systems that allow no more threads. */
async function deflateHere(block: Uint8Array, before: Uint8Array<ArrayBuffer>): Promise<CompressedBlock> {
  encoding ??= import('./encoder.js').then((loaded) => loaded.encoder())
  const deflate = await encoding
  const pieces = [deflate(block, before)]
  release(before)
  return { pieces, block }
}

/** All memory is handed over, and back. */
async function askedOf<Asked extends DeflateQuestion>(
  of: Threads<Asked, Answer>,
  question: Asked,
): Promise<CompressedBlock> {
  const { block, before } = question
  const answer = await of.ask(question, [block.buffer as ArrayBuffer, before.buffer as ArrayBuffer])
  release(answer.before)
  if (answer.failure !== undefined) throw new ImageError('SYSTEM', answer.failure, { hint: 'omit the compressor' })
  return answer
}

/**
 * The number of libuv threads. Work that waits for one cannot be stopped, and the process does not exit before it is
 * done.
 */
const POOL = Number(process.env.UV_THREADPOOL_SIZE) || 4

const deflateAsync = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw)

/** Node's zlib, with the usual levels. Its output may differ between processors, and between releases of Node. */
export function zlibDeflate(level: number = constants.Z_DEFAULT_COMPRESSION): Deflate {
  return async (block, before) => {
    const compressed = await deflateAsync(block, {
      level,
      memLevel: 9,
      finishFlush: constants.Z_SYNC_FLUSH,
      chunkSize: CHUNK + CHUNK / 8,
      ...(before.length === 0 ? {} : { dictionary: before }),
    })
    release(before)
    return { pieces: [compressed], block }
  }
}

const libdeflateThreads = new Threads<LibdeflateQuestion, Answer>(LIBDEFLATE, () => ({
  koffi: whereKoffiIs(),
}))

/**
 * Returns the block size for libdeflate. It cannot refer to content before a block, so large blocks lose less. But it
 * cannot be stopped within a block, and its slow levels take a fifth of a second for 1 MiB.
 */
function libdeflateBlock(level: number): number {
  return level < LIBDEFLATE_SLOW ? 3 * CHUNK : CHUNK
}

const LIBDEFLATE_SLOW = 10

/** Users who choose libdeflate want speed. */
const LIBDEFLATE_LEVEL = 1

/** The system's libdeflate; its output may differ between its versions. */
function libdeflate(level = LIBDEFLATE_LEVEL): Deflater {
  const deflate: Deflate = (block, before, stop) => askedOf(libdeflateThreads, { block, before, stop, level })
  return { size: libdeflateBlock(level), deflate }
}

/** @throws ImageError UNSUPPORTED if this system has no libdeflate, or no koffi to call it with */
export async function assertLibdeflate(): Promise<void> {
  try {
    await loadLibdeflate(whereKoffiIs())
  } catch (error) {
    throw new ImageError('UNSUPPORTED', 'the compressor libdeflate cannot be used here', {
      found: String((error as Error).message).split('\n')[0] ?? '',
      hint: 'install the library libdeflate (libdeflate0, libdeflate) and, beside transload, the package koffi; or omit the compressor',
      cause: error,
    })
  }
}
