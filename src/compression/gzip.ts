import { crc32 } from 'node:zlib'
import type { Bytes } from '../bytes/bytes.js'
import { released } from '../bytes/release.js'
import { type DeflateOptions, deflaterOf } from './deflaters.js'
import { type Stop, sideBySide } from './sideBySide.js'

/** How far back deflate can refer, in bytes (RFC 1951). */
const WINDOW = 32 * 1024

/** No name, no time, unknown system: nothing but the content decides the bytes (RFC 1952). */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])

/** An empty final block: the blocks before it are ended by a flush, not as the last. */
const LAST_BLOCK = Buffer.from([3, 0])

/** How it is worked. */
interface Working {
  jobs: number
  /** Stops it, also while blocks are at work. */
  signal?: AbortSignal | undefined
}

/**
 * Compresses to one gzip member. The content is cut into blocks that are compressed side by side, each knowing the end
 * of the one before; how many at a time does not change the bytes.
 */
export async function* gzip(bytes: Bytes, { jobs, signal, ...options }: DeflateOptions & Working): Bytes {
  const { size: blockSize, deflate, most = jobs } = deflaterOf(options)
  let before = new Uint8Array(0)
  let crc = 0
  let size = 0
  const compress = (block: Uint8Array, stop: Stop) => {
    crc = crc32(block, crc)
    size += block.length
    const window = before
    before = block.slice(-WINDOW)
    return deflate(block, window, stop)
  }
  yield HEADER
  yield* released(sideBySide(bytes, { size: blockSize, jobs: Math.min(jobs, most), compress, signal }))
  yield LAST_BLOCK
  yield trailer(crc, size)
}

function trailer(crc: number, size: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(crc, 0)
  bytes.writeUInt32LE(size % 2 ** 32, 4)
  return bytes
}
