import { promisify } from 'node:util'
import { constants, crc32, deflateRaw, type ZlibOptions } from 'node:zlib'
import { type Bytes, CHUNK } from '../bytes.js'
import { released } from '../release.js'
import { type Compressed, sideBySide } from './sideBySide.js'

/** Like zlib's level 6 of other tools in size, at twice the speed: Chromium's zlib, which Node has, is strong at 4. */
const GZIP_LEVEL = 4

const deflate = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw)

/** How far back deflate can refer, in bytes (RFC 1951). */
const WINDOW = 32 * 1024

/** No name, no time, unknown system: nothing but the content decides the bytes (RFC 1952). */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])

/** An empty final block: the blocks before it are ended by a flush, not as the last. */
const LAST_BLOCK = Buffer.from([3, 0])

/**
 * Compresses to one gzip member. The content is cut into blocks that are compressed side by side, each knowing the end
 * of the one before; how many at a time does not change the bytes.
 */
export async function* gzip(bytes: Bytes, { level = GZIP_LEVEL, jobs }: { level?: number; jobs: number }): Bytes {
  let before: Buffer | undefined
  let crc = 0
  let size = 0
  const compress = (block: Uint8Array) => {
    crc = crc32(block, crc)
    size += block.length
    const dictionary = before
    before = Buffer.from(block.subarray(-WINDOW))
    return compressBlock(block, { level, dictionary })
  }
  yield HEADER
  yield* released(sideBySide(bytes, { size: CHUNK, jobs, compress }))
  yield LAST_BLOCK
  yield trailer(crc, size)
}

async function compressBlock(
  block: Uint8Array,
  { level, dictionary }: { level: number; dictionary: Buffer | undefined },
): Promise<Compressed> {
  const compressed = await deflate(block, {
    level,
    memLevel: 9,
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: CHUNK + CHUNK / 8,
    ...(dictionary === undefined ? {} : { dictionary }),
  })
  return { pieces: [compressed], block }
}

function trailer(crc: number, size: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(crc, 0)
  bytes.writeUInt32LE(size % 2 ** 32, 4)
  return bytes
}
