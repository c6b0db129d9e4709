import { crc32 } from 'node:zlib'
import type { Bytes } from '../bytes/bytes.js'
import { released } from '../bytes/release.js'
import { type DeflateOptions, deflaterOf } from './deflaters.js'
import { type Stop, sideBySide } from './sideBySide.js'

/** The greatest distance that deflate can refer back, in bytes (RFC 1951). */
const WINDOW = 32 * 1024

/** No name, no time, unknown system: only the content determines the bytes (RFC 1952). */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])

/** An empty final block. The blocks before it end with a flush, and none is marked as final. */
const LAST_BLOCK = Buffer.from([3, 0])

/** Options that do not change the bytes. */
interface Working {
  jobs: number
  /** Stops the work, even while blocks are being compressed. */
  signal?: AbortSignal | undefined
}

/**
 * Compresses to one gzip member. Cuts the content into blocks and compresses them side by side; each may refer to the
 * end of the one before. The number of jobs does not change the bytes.
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
