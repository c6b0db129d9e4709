import { type Bytes, CHUNK } from '../bytes/bytes.js'
import { Cursor } from '../bytes/cursor.js'
import { ImageError } from '../spec/errors.js'
import { parseNumber } from './numbers.js'
import { decimal } from './pax.js'

/** A stored range of a file. The bytes between segments are zeros. */
export interface Segment {
  offset: number
  length: number
}

/** The stored segments of a file, in order. */
export interface SparseMap {
  segments: readonly Segment[]
  /** Number of stored bytes. */
  stored: number
}

/** Maximum bytes of holes in an archive's files together: little input must not cause much work. */
const MOST_HOLES = 4 * 1024 * 1024 * 1024

/** Maximum number of segments of all files of an archive. */
const MOST_SEGMENTS = 100_000

/** Checks the maps of an archive's files against limits for all of them together. */
export class SparseLimits {
  #holes = 0
  #segments = 0

  /** @throws ImageError UNSAFE if no map may have this many segments */
  assertFew(count: number, path: string): void {
    if (count > MOST_SEGMENTS) throw tooMuch(path, { most: `${MOST_SEGMENTS} segments`, found: count })
  }

  /** @throws ImageError FORMAT for a map out of order or beyond its file; UNSAFE for too large ones */
  map(segments: readonly Segment[], { size, stored, path }: { size: number; stored: number; path: string }): SparseMap {
    let [end, sum] = [0, 0]
    for (const { offset, length } of segments) {
      if (!(offset >= end && offset + length <= size)) throw damaged(path, 'its segments overlap or lie beyond its end')
      end = offset + length
      sum += length
    }
    if (sum !== stored) throw damaged(path, `its segments have ${sum} bytes, and ${stored} are stored`)
    this.#holes += size - stored
    this.#segments += segments.length
    if (this.#holes > MOST_HOLES) throw tooMuch(path, { most: `${MOST_HOLES} bytes of holes`, found: this.#holes })
    this.assertFew(this.#segments, path)
    return { segments, stored }
  }
}

/** Returns the segments in a header of GNU tar's old form, or in its continuation block. */
export function gnuSegments(
  block: Uint8Array,
  place: 'header' | 'continuation',
): { segments: Segment[]; more: boolean } {
  const [start, count] = place === 'header' ? [386, 4] : [0, 21]
  const segments: Segment[] = []
  for (let at = start; at < start + count * 24; at += 24) {
    if (block[at] === 0) break
    const [offset, length] = [block.subarray(at, at + 12), block.subarray(at + 12, at + 24)]
    segments.push({ offset: parseNumber(offset, 'an offset'), length: parseNumber(length, 'a length') })
  }
  return { segments, more: block[start + count * 24] !== 0 }
}

/** @throws ImageError FORMAT for a sparse file's header of another kind of tar, where Go reads no map */
export function assertGNU(block: Uint8Array, path: string): void {
  if (Buffer.from(block.subarray(257, 265)).toString('latin1') !== 'ustar  \0')
    throw damaged(path, 'not a header of GNU tar')
}

/** Returns the size of the file of such a header. */
export function gnuRealSize(block: Uint8Array): number {
  return parseNumber(block.subarray(483, 495), 'the size of a sparse file')
}

/** Returns segments from pairs of numbers. @throws ImageError FORMAT */
export function pairs(numbers: readonly string[], path: string): Segment[] {
  const values = numbers.map(decimal)
  if (values.length % 2 !== 0 || values.some(Number.isNaN)) throw damaged(path, 'it has no valid pairs of numbers')
  return values.flatMap((offset, at) => (at % 2 === 0 ? [{ offset, length: values[at + 1] ?? 0 }] : []))
}

/** Reads a map in blocks before a file's content (GNU tar, PAX format 1.0). */
export class LeadingMap {
  readonly #path: string
  #text = ''
  #lines = 0
  /** Number of segments, once known. */
  #count: number | undefined
  /** Bytes taken. */
  taken = 0

  constructor(path: string) {
    this.#path = path
  }

  /** Adds a block; returns the segments once the map is complete. @throws ImageError FORMAT, UNSAFE */
  add(block: Uint8Array): Segment[] | undefined {
    this.taken += block.length
    this.#text += Buffer.from(block).toString('latin1')
    for (const byte of block) if (byte === NEWLINE) this.#lines++
    this.#count ??= this.#readCount()
    if (this.#lines <= 2 * this.#count && this.taken > LONGEST * (1 + this.#count) + block.length) {
      throw damaged(this.#path, 'its numbers are too long')
    }
    if (this.#lines <= 2 * this.#count) return undefined
    return pairs(this.#text.split('\n').slice(1, 1 + 2 * this.#count), this.#path)
  }

  #readCount(): number {
    const end = this.#text.indexOf('\n')
    const count = end < 0 ? Number.NaN : decimal(this.#text.slice(0, end))
    if (Number.isNaN(count)) throw damaged(this.#path, 'it does not start with a number')
    if (count > MOST_SEGMENTS) throw tooMuch(this.#path, { most: `${MOST_SEGMENTS} segments`, found: count })
    return count
  }
}

const NEWLINE = 0x0a

/** Maximum bytes of a pair of numbers, with their line ends. */
const LONGEST = 40

/** Returns the whole file from its stored bytes. */
export async function* expanded(bytes: Bytes, { segments }: SparseMap, size: number): Bytes {
  const cursor = new Cursor(bytes)
  try {
    let at = 0
    for (const { offset, length } of segments) {
      yield* zeros(offset - at)
      yield* cursor.pass(length)
      at = offset + length
    }
    yield* zeros(size - at)
    // The bytes after this may fail.
    await cursor.skip(1)
  } finally {
    await cursor.close()
  }
}

function* zeros(count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= CHUNK) yield zeroBytes().subarray(0, left)
}

let shared: Buffer | undefined
function zeroBytes(): Buffer {
  shared ??= Buffer.alloc(CHUNK)
  return shared
}

function damaged(where: string, found: string): ImageError {
  return new ImageError('FORMAT', 'the map of a sparse file is damaged', { where, found })
}

function tooMuch(where: string, { most, found }: { most: string; found: string | number }): ImageError {
  return new ImageError('UNSAFE', 'sparse files of the archive are too large', {
    where,
    expected: `at most ${most}`,
    found,
    hint: 'pack it again without --sparse',
  })
}
