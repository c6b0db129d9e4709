import type { Bytes } from '../bytes/bytes.js'
import { Cursor } from '../bytes/cursor.js'
import { ImageError } from '../spec/errors.js'

const MAGIC = 0xfd2fb528

/**
 * Cuts zstd data into frames, and each frame into pieces of at most one block, so that decompressing a piece yields at
 * most 128 KiB, even for hostile data. Drops skippable frames (RFC 8878). The caller must read all pieces of a frame
 * before the next frame.
 * @throws ImageError FORMAT if the data is not zstd or ends within a frame
 */
export async function* zstdFrames(bytes: Bytes): AsyncGenerator<Bytes> {
  const cursor = new Cursor(bytes)
  try {
    for (;;) {
      const magic = Buffer.from(await cursor.read(4))
      if (magic.length === 0) return
      const number = magic.length === 4 ? magic.readUInt32LE() : 0
      if (number === MAGIC) yield frame(cursor, magic)
      else if (number >>> 4 === 0x184d2a5) await skipFrame(cursor)
      else
        throw new ImageError('FORMAT', 'zstd data is damaged: neither a frame nor the end', {
          found: `0x${magic.toString('hex')}`,
        })
    }
  } finally {
    await cursor.close()
  }
}

async function* frame(cursor: Cursor, magic: Buffer): Bytes {
  const descriptor = await exactly(cursor, 1)
  const flags = descriptor[0] ?? 0
  const header = await exactly(cursor, headerRest(flags))
  yield Buffer.concat([magic, descriptor, header])
  for (let last = false; !last; ) {
    const start = await exactly(cursor, 3)
    const block = start.readUIntLE(0, 3)
    last = (block & 1) === 1
    const isRunLength = ((block >> 1) & 3) === 1
    yield Buffer.concat([start, await exactly(cursor, isRunLength ? 1 : block >> 3)])
  }
  if (flags & 4) yield await exactly(cursor, 4)
}

/**
 * Returns the length of window descriptor, dictionary ID and content size, as the frame header descriptor states them.
 */
function headerRest(flags: number): number {
  const isSingleSegment = (flags & 0x20) !== 0
  const window = isSingleSegment ? 0 : 1
  const dictionary = [0, 1, 2, 4][flags & 3] ?? 0
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0
  return window + dictionary + contentSize
}

async function skipFrame(cursor: Cursor): Promise<void> {
  const length = (await exactly(cursor, 4)).readUInt32LE()
  if ((await cursor.skip(length)) < length) throw endsEarly()
}

async function exactly(cursor: Cursor, length: number): Promise<Buffer> {
  const bytes = Buffer.from(await cursor.read(length))
  if (bytes.length < length) throw endsEarly()
  return bytes
}

function endsEarly(): ImageError {
  return new ImageError('FORMAT', 'zstd data is damaged: it ends within a frame')
}
