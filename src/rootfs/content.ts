import { createHash, type Hash, hash } from 'node:crypto'
import type { LayerEntry } from '../tar/layerHeaders.js'
import type { Segment } from '../tar/sparse.js'
import type { Calls } from './calls.js'

/** Writes the content of one file: its stored bytes in order, with holes where a sparse file has them. */
export class Content {
  readonly #calls: Calls
  readonly #file: number
  readonly #size: number
  /** The stored segments that are not complete, the next one last. */
  readonly #segments: Segment[]
  /** Bytes of the current segment that have come. */
  #filled = 0
  readonly #sum: Sum | undefined
  /** The end of what the sum has seen. */
  #summed = 0

  constructor(
    calls: Calls,
    file: number,
    { entry: { size, sparse }, isSummed }: { entry: LayerEntry; isSummed: boolean },
  ) {
    this.#calls = calls
    this.#file = file
    this.#size = size
    this.#segments = [...(sparse?.segments ?? [{ offset: 0, length: size }])].reverse()
    this.#sum = isSummed ? new Sum(size) : undefined
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const segment = this.#segments.at(-1)
      if (segment === undefined) return
      const taken = Math.min(segment.length - this.#filled, bytes.length - at)
      this.#put(taken === bytes.length ? bytes : bytes.subarray(at, at + taken), segment.offset + this.#filled)
      at += taken
      this.#filled += taken
      if (this.#filled < segment.length) continue
      this.#segments.pop()
      this.#filled = 0
    }
  }

  /** Ends the content; returns the hex digits of its SHA-256 if it was asked for. */
  end(): string | undefined {
    if (this.#summed < this.#size) this.#calls.truncate(this.#file, this.#size)
    this.#sumZerosTo(this.#size)
    return this.#sum?.digest()
  }

  #put(bytes: Uint8Array, position: number): void {
    this.#calls.write(this.#file, bytes, position)
    this.#sumZerosTo(position)
    this.#sum?.update(bytes)
    this.#summed = position + bytes.length
  }

  #sumZerosTo(position: number): void {
    for (let at = this.#summed; this.#sum !== undefined && at < position; at += ZEROS.length) {
      this.#sum.update(ZEROS.subarray(0, position - at))
    }
    this.#summed = Math.max(this.#summed, position)
  }
}

const ZEROS = Buffer.alloc(256 * 1024)

/** A SHA-256; of a file that comes in one piece in one call, which costs half as much. */
class Sum {
  readonly #size: number
  #whole: string | undefined
  #hash: Hash | undefined

  constructor(size: number) {
    this.#size = size
  }

  update(bytes: Uint8Array): void {
    if (bytes.length === this.#size && this.#hash === undefined) this.#whole = hash('sha256', bytes, 'hex')
    else {
      this.#hash ??= createHash('sha256')
      this.#hash.update(bytes)
    }
  }

  digest(): string {
    return this.#whole ?? (this.#hash ?? createHash('sha256')).digest('hex')
  }
}
