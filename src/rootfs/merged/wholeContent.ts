import type { TarEntry } from '../../tar/entry.js'
import { padding } from '../../tar/numbers.js'
import type { Segment } from '../../tar/sparse.js'

/** The content of one file as a tar has it: with zeros in the place of holes, and padded to whole blocks. */
export class WholeContent {
  readonly #size: number
  /** The stored segments that are not complete, the next one last. */
  readonly #segments: Segment[]
  /** Bytes of the current segment that have come. */
  #filled = 0
  /** Bytes made. */
  #made = 0

  constructor(size: number, sparse: TarEntry['sparse']) {
    this.#size = size
    this.#segments = [...(sparse?.segments ?? [{ offset: 0, length: size }])].reverse()
  }

  /** Yields what the next stored bytes make; it is valid as long as these. */
  *next(bytes: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; ) {
      const segment = this.#segments.at(-1)
      if (segment === undefined) return
      yield* this.#zerosTo(segment.offset + this.#filled)
      const taken = Math.min(segment.length - this.#filled, bytes.length - at)
      yield bytes.subarray(at, at + taken)
      at += taken
      this.#made += taken
      this.#filled += taken
      if (this.#filled < segment.length) continue
      this.#segments.pop()
      this.#filled = 0
    }
  }

  /** Yields the rest. */
  *end(): Generator<Uint8Array> {
    yield* this.#zerosTo(this.#size + padding(this.#size))
  }

  *#zerosTo(end: number): Generator<Uint8Array> {
    while (this.#made < end) {
      const zeros = ZEROS.subarray(0, end - this.#made)
      this.#made += zeros.length
      yield zeros
    }
  }
}

const ZEROS = Buffer.alloc(256 * 1024)
