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
 * Compresses a block to whole bytes of DEFLATE that more may follow (RFC 1951), none of them the last.
 * @param before what was before the block, at most 32 KiB, for it to refer to; its memory is given away
 */
export type Deflate = (block: Uint8Array, before: Uint8Array<ArrayBuffer>, stop: Stop) => Promise<CompressedBlock>

/** What makes the blocks of gzip. */
export interface Deflater {
  /** How much content is a block, in bytes. */
  size: number
  deflate: Deflate
  /** How many blocks are at work at a time at most; as many as there are jobs, if absent. */
  most?: number
}

/** What is asked to make gzip. */
export interface DeflateOptions {
  /** Our own encoder if absent, or zlib if there is a level. */
  compressor?: GzipCompressor
  /** Of zlib or libdeflate; ours has none. */
  level?: number
}

/** Who makes gzip. */
export function compressorOfGzip({ compressor, level }: DeflateOptions): GzipCompressor {
  return compressor ?? (level === undefined ? 'transload' : 'zlib')
}

/** The one that was asked for. */
export function deflaterOf(options: DeflateOptions): Deflater {
  const compressor = compressorOfGzip(options)
  if (compressor === 'libdeflate') return libdeflate(options.level)
  if (compressor === 'zlib') return { size: CHUNK, deflate: zlibDeflate(options.level), most: POOL }
  return { size: CHUNK, deflate: builtinDeflate }
}

/** What a thread with our encoder is asked. */
export interface DeflateQuestion {
  block: Uint8Array
  before: Uint8Array
  stop: Stop
}

/** What a thread with libdeflate is asked. */
export type LibdeflateQuestion = DeflateQuestion & { level: number }

type Answer = CompressedBlock & Pick<DeflateQuestion, 'before'>

const threads = new Threads<DeflateQuestion, Answer>(DEFLATE, () => ({ WASM }))

/** Our own encoder, of src/deflate: the same bytes on every machine. */
export const builtinDeflate: Deflate = (block, before, stop) =>
  threads.areThere() ? askedOf(threads, { block, before, stop }) : deflateHere(block, before)

let encoding: Promise<ReturnType<typeof encoder>> | undefined

/** Compresses in this thread, where the system has no more of them. */
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
  return answer
}

/** Threads of libuv: what waits for one of them cannot be stopped, and the end of the process waits for it. */
const POOL = Number(process.env.UV_THREADPOOL_SIZE) || 4

const deflateAsync = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw)

/** Node's zlib: levels as everywhere. Its bytes may differ between processors, and between releases of Node. */
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
 * It knows nothing of what was before a block: large ones lose less by that. But nothing stops it in the middle of one,
 * and its slow levels take a fifth of a second for 1 MiB.
 */
function libdeflateBlock(level: number): number {
  return level < LIBDEFLATE_SLOW ? 3 * CHUNK : CHUNK
}

const LIBDEFLATE_SLOW = 10

/** Who asks for libdeflate is in a hurry. */
const LIBDEFLATE_LEVEL = 1

/** The system's libdeflate, whose bytes may differ between its versions. */
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
      hint: 'install the library libdeflate (libdeflate0, libdeflate) and, beside transload, the package koffi; or leave the compressor out',
      cause: error,
    })
  }
}
