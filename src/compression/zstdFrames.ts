import type { Bytes } from '../bytes/bytes.js'
import { Cursor } from '../bytes/cursor.js'
import { ImageError } from '../spec/errors.js'

const MAGIC = 0xfd2fb528

/**
 * Cuts zstd data into its frames, and each frame into pieces of at most one block, so that whoever decompresses a piece
 * gets at most 128 KiB out of it, whatever an attacker wrote. Skippable frames are left out (RFC 8878).
 * The pieces of a frame have to be read before the next frame is asked for.
 * @throws ImageError FORMAT if the data is no zstd or ends within a frame
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

/** Length of the window descriptor, dictionary ID and content size that a frame header descriptor announces. */
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
