import { invariant } from '../spec/errors.js'
import type { Bytes } from './bytes.js'

const NOTHING = new Uint8Array(0)

/** Reads a stream once, as parsers need it: takes, passes on or skips a number of bytes. */
export class Cursor {
  /** Bytes read so far. */
  position = 0
  readonly #source: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = NOTHING
  /** Bytes of the chunk that were taken. */
  #taken = 0

  constructor(bytes: Bytes) {
    this.#source = bytes[Symbol.asyncIterator]()
  }

  /**
   * Returns the next `length` bytes if they are here already; undefined otherwise. Valid as long as those of {@link
   * read}.
   */
  readHere(length: number): Uint8Array | undefined {
    return this.#left < length ? undefined : this.#take(length)
  }

  /** Returns exactly `length` bytes, or fewer at the end; valid until the next call. */
  async read(length: number): Promise<Uint8Array> {
    if (this.#left === 0) await this.#next()
    if (this.#left >= length) return this.#take(length)
    const parts: Buffer[] = []
    for await (const part of this.pass(length)) parts.push(Buffer.from(part))
    return Buffer.concat(parts)
  }

  /** Yields the next `length` bytes as they come, or fewer at the end. Unread bytes stay. */
  async *pass(length: number): Bytes {
    for (let left = length; left > 0; ) {
      if (this.#left === 0 && !(await this.#next())) return
      const part = this.#take(Math.min(left, this.#left))
      left -= part.length
      yield part
    }
  }

  /** Puts back the end of the last passed chunk, to be read again. */
  unread(bytes: Uint8Array): void {
    invariant(this.#left === 0, 'only the end of a chunk can be put back')
    this.#hold(bytes)
    this.position -= bytes.length
  }

  /** Skips `length` bytes; returns the number that existed. */
  async skip(length: number): Promise<number> {
    const before = this.position
    for await (const _ of this.pass(length));
    return this.position - before
  }

  /** Ends the reading at any position. */
  async close(): Promise<void> {
    this.#hold(NOTHING)
    await this.#source.return?.()
  }

  async #next(): Promise<boolean> {
    // The next request may free the chunk's memory.
    this.#hold(NOTHING)
    const { done, value } = await this.#source.next()
    if (done) return false
    this.#hold(value)
    return value.length > 0 || this.#next()
  }

  get #left(): number {
    return this.#chunk.length - this.#taken
  }

  #hold(chunk: Uint8Array): void {
    this.#chunk = chunk
    this.#taken = 0
  }

  #take(length: number): Uint8Array {
    const part = this.#chunk.subarray(this.#taken, this.#taken + length)
    this.#taken += length
    this.position += length
    return part
  }
}

/** Returns the first `length` bytes, or fewer if there are no more. The rest is not read. */
export async function startOf(bytes: Bytes, length: number): Promise<Buffer> {
  const cursor = new Cursor(bytes)
  try {
    return Buffer.from(await cursor.read(length))
  } finally {
    await cursor.close()
  }
}
