/** A piece of content: a name, and how many bytes it has. */
interface Piece {
  name: string
  size: number
}

/** How far a whole run is. */
export class Overall {
  /** Bytes that passed so far. */
  done = 0
  /** What was begun, and its bytes. */
  #begun = 0
  readonly #expected = new Map<string, number>()
  #expectedBytes = 0

  /** Bytes that there will be, as far as is known. */
  get total(): number {
    return this.#begun + this.#expectedBytes
  }

  /** Takes note of a piece that is yet to come. */
  expect({ name, size }: Piece): void {
    this.forget(name)
    this.#expected.set(name, size)
    this.#expectedBytes += size
  }

  /** Expects a piece no more; does nothing if it has begun. */
  forget(name: string): void {
    this.#expectedBytes -= this.#expected.get(name) ?? 0
    this.#expected.delete(name)
  }

  /** Takes note that a piece begins. */
  begin({ name, size }: Piece): void {
    this.forget(name)
    this.#begun += size
  }

  /** Takes note that no more of a piece comes: `left` bytes of it, fewer than none if it was longer, did not pass. */
  end(left: number): void {
    this.#begun -= left
  }
}
