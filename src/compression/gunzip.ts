import { crc32, createGunzip, createInflateRaw } from 'node:zlib'
import { type Bytes, CHUNK } from '../bytes/bytes.js'
import { Cursor } from '../bytes/cursor.js'
import { release } from '../bytes/release.js'
import { isZero } from '../bytes/tarChecksum.js'
import { through } from '../bytes/through.js'
import { ImageError } from '../spec/errors.js'

/** The kind of bytes that follow the data without being part of it. */
export type Rest = 'zeros' | 'junk'

/** Called if anything follows the data. */
export type OnRest = (rest: Rest) => void

/**
 * Decompresses gzip data of one member or several (RFC 1952); zeros after them are padding, as in gzip itself.
 * @param onRest called once everything that follows has been read; if absent, anything but zeros is an error
 * @throws ImageError FORMAT if the data is damaged or ends early
 */
export async function* gunzip(bytes: Bytes, onRest: OnRest = refuseJunk): Bytes {
  const cursor = new Cursor(bytes)
  try {
    yield* members(cursor, onRest)
  } catch (error) {
    throw isZlibError(error) ? damaged(error.message, error) : error
  } finally {
    await cursor.close()
  }
}

/** Accepts zeros. @throws ImageError FORMAT for anything else */
export function refuseJunk(rest: Rest): void {
  if (rest === 'junk') throw damaged('something follows it')
}

/**
 * Decompresses the first member by itself, to find out exactly what follows it. Further members, of which there may be
 * thousands, go through one stream; it takes anything after them but zeros for a damaged member.
 */
async function* members(cursor: Cursor, onRest: OnRest): Bytes {
  await passHeader(cursor)
  yield* firstMember(cursor)
  const next = Buffer.from(await cursor.read(2))
  if (next.length === 0) return
  if (next.equals(MAGIC)) yield* furtherMembers(chained(next, cursor), onRest)
  else onRest(await restOf(next, cursor))
}

const MAGIC = Buffer.from([0x1f, 0x8b])

async function* chained(start: Uint8Array, cursor: Cursor): Bytes {
  yield start
  yield* cursor.pass(Number.POSITIVE_INFINITY)
}

async function* furtherMembers(bytes: Bytes, onRest: OnRest): Bytes {
  const stream = createGunzip(LARGE)
  const rest = (unused: Uint8Array) => onRest(isZero(unused) ? 'zeros' : 'junk')
  yield* given(through(bytes, stream, { used: () => stream.bytesWritten, rest }))
}

/** Reads to the end; returns the kind of all these bytes. */
async function restOf(start: Uint8Array, cursor: Cursor): Promise<Rest> {
  let isPadding = isZero(start)
  for await (const chunk of cursor.pass(Number.POSITIVE_INFINITY)) isPadding &&= isZero(chunk)
  return isPadding ? 'zeros' : 'junk'
}

const [HEADER_CHECKSUM, EXTRA, NAME, COMMENT, RESERVED] = [2, 4, 8, 16, 0xe0]

/** Skips the header of a member; none of its fields matters. */
async function passHeader(cursor: Cursor): Promise<void> {
  if (!MAGIC.equals(await cursor.read(2))) throw damaged('it does not start like gzip data')
  const [method = 0, flags = 0] = await exactly(cursor, 8)
  if (method !== 8 || flags & RESERVED) throw damaged('its header is unknown')
  if (flags & EXTRA) await exactly(cursor, (await exactly(cursor, 2)).readUInt16LE())
  if (flags & NAME) await passText(cursor)
  if (flags & COMMENT) await passText(cursor)
  if (flags & HEADER_CHECKSUM) await exactly(cursor, 2)
}

async function passText(cursor: Cursor): Promise<void> {
  while ((await exactly(cursor, 1))[0] !== 0);
}

/** Large chunks, some read ahead. With the default of 16 KiB, the streams would cost more than the decompression. */
const LARGE = { chunkSize: CHUNK, readableHighWaterMark: CHUNK }

/** Yields the content of a member; checks it at the end. */
async function* firstMember(cursor: Cursor): Bytes {
  const stream = createInflateRaw(LARGE)
  let isOver = false
  const rest = (unused: Uint8Array) => {
    isOver = true
    cursor.unread(unused)
  }
  async function* input(): Bytes {
    for await (const chunk of cursor.pass(Number.POSITIVE_INFINITY)) {
      yield chunk
      if (isOver) return
    }
  }
  let sum = 0
  let size = 0
  for await (const chunk of given(through(input(), stream, { used: () => stream.bytesWritten, rest }))) {
    sum = crc32(chunk, sum)
    size += chunk.length
    yield chunk
  }
  const trailer = await exactly(cursor, 8)
  if (trailer.readUInt32LE(0) !== sum) throw damaged('the checksum differs')
  if (trailer.readUInt32LE(4) !== size % 2 ** 32) throw damaged('the length differs')
}

/** Releases a buffer once its last chunk was used: before that, the stream still fills the rest of it. */
async function* given(bytes: Bytes): Bytes {
  for await (const chunk of bytes) {
    yield chunk
    if (chunk.byteOffset + chunk.length === chunk.buffer.byteLength) release(chunk)
  }
}

async function exactly(cursor: Cursor, length: number): Promise<Buffer> {
  const bytes = Buffer.from(await cursor.read(length))
  if (bytes.length < length) throw damaged('it ends early')
  return bytes
}

function damaged(how: string, cause?: unknown): ImageError {
  return new ImageError('FORMAT', `gzip data is damaged: ${how}`, cause === undefined ? {} : { cause })
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}
