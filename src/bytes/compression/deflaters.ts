import { promisify } from 'node:util'
import { constants, deflateRaw, type ZlibOptions } from 'node:zlib'
import type { GzipCompressor } from '../../spec/compression.js'
import { ImageError } from '../../spec/errors.js'
import { CHUNK } from '../bytes.js'
import { release } from '../release.js'
import { Threads } from '../threads.js'
import { loadLibdeflate } from './libdeflate.js'
import type { Compressed } from './sideBySide.js'

/**
 * Compresses a block to whole bytes of DEFLATE that more may follow (RFC 1951), none of them the last.
 * @param before what was before the block, at most 32 KiB, for it to refer to; its memory is given away
 */
export type Deflate = (block: Uint8Array, before: Uint8Array<ArrayBuffer>) => Promise<Compressed>

/** What makes the blocks of gzip. */
export interface Deflater {
  /** How much content is a block, in bytes. */
  size: number
  deflate: Deflate
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
  return { size: CHUNK, deflate: compressor === 'zlib' ? zlibDeflate(options.level) : builtinDeflate }
}

interface Question {
  block: Uint8Array
  before: Uint8Array
}

type Answer = Compressed & Question

const threads = new Threads<Question, Answer>(new URL('./deflate-worker.js', import.meta.url))

/** Our own encoder, of src/deflate: the same bytes on every machine. */
export const builtinDeflate: Deflate = (block, before) => askedOf(threads, { block, before })

/** All memory is handed over, and back. */
async function askedOf<Asked extends Question>(of: Threads<Asked, Answer>, question: Asked): Promise<Compressed> {
  const { block, before } = question
  const answer = await of.ask(question, [block.buffer as ArrayBuffer, before.buffer as ArrayBuffer])
  release(answer.before)
  return answer
}

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

const libdeflateThreads = new Threads<Question & { level: number }, Answer>(
  new URL('./libdeflate-worker.js', import.meta.url),
)

/** It knows nothing of what was before a block: large ones lose less by that. */
const LIBDEFLATE_BLOCK = 3 * CHUNK

/** Who asks for libdeflate is in a hurry. */
const LIBDEFLATE_LEVEL = 1

/** The system's libdeflate, whose bytes may differ between its versions. */
function libdeflate(level = LIBDEFLATE_LEVEL): Deflater {
  const deflate: Deflate = (block, before) => askedOf(libdeflateThreads, { block, before, level })
  return { size: LIBDEFLATE_BLOCK, deflate }
}

/** @throws ImageError UNSUPPORTED if this system has no libdeflate, or no koffi to call it with */
export async function assertLibdeflate(): Promise<void> {
  try {
    await loadLibdeflate()
  } catch (error) {
    throw new ImageError('UNSUPPORTED', 'the compressor libdeflate cannot be used here', {
      found: String((error as Error).message).split('\n')[0] ?? '',
      hint: 'install the library libdeflate (libdeflate0, libdeflate) and, beside transload, the package koffi; or leave the compressor out',
      cause: error,
    })
  }
}
