/** A piece of content: its name and size in bytes. */
interface Piece {
  name: string
  size: number
}

/** Progress of a whole run. */
export class Overall {
  /** Bytes passed so far. */
  done = 0
  /** Bytes of begun pieces. */
  #begun = 0
  readonly #expected = new Map<string, number>()
  #expectedBytes = 0

  /** Bytes in total, as far as known. */
  get total(): number {
    return this.#begun + this.#expectedBytes
  }

  /** Notes a future piece. */
  expect({ name, size }: Piece): void {
    this.forget(name)
    this.#expected.set(name, size)
    this.#expectedBytes += size
  }

  /** Drops a future piece; does nothing if it has begun. */
  forget(name: string): void {
    this.#expectedBytes -= this.#expected.get(name) ?? 0
    this.#expected.delete(name)
  }

  /** Notes that a piece begins. */
  begin({ name, size }: Piece): void {
    this.forget(name)
    this.#begun += size
  }

  /** Notes that a piece has ended with `left` bytes missing; negative if it was longer. */
  end(left: number): void {
    this.#begun -= left
  }
}
