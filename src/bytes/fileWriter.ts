import { CHUNK } from './bytes.js'
import { writeFully } from './files.js'

/** From this size on a chunk is written from where it is; smaller ones are gathered. */
const LARGE = CHUNK / 4

const NONE = new Uint8Array(0)

/** Writes a file from a position on in large pieces. */
export class FileWriter {
  readonly #file: number
  #position: number
  #gathering: Uint8Array = NONE
  #gathered = 0

  /** @param file a descriptor */
  constructor(file: number, position = 0) {
    this.#file = file
    this.#position = position
  }

  /** Takes a chunk, whose memory may be used again. */
  write(chunk: Uint8Array): void {
    if (this.#gathered + chunk.length > CHUNK || chunk.length >= LARGE) this.end()
    if (chunk.length >= LARGE) this.#put(chunk)
    else this.#gather(chunk)
  }

  /** Writes what was gathered. */
  end(): void {
    if (this.#gathered > 0) this.#put(this.#gathering.subarray(0, this.#gathered))
    this.#gathered = 0
  }

  #gather(chunk: Uint8Array): void {
    const size = this.#gathered + chunk.length
    // Grown as it is needed: most files are one small chunk.
    if (size > this.#gathering.length) {
      const larger = Buffer.allocUnsafe(this.#gathered === 0 ? size : CHUNK)
      larger.set(this.#gathering.subarray(0, this.#gathered))
      this.#gathering = larger
    }
    this.#gathering.set(chunk, this.#gathered)
    this.#gathered = size
  }

  #put(bytes: Uint8Array): void {
    writeFully(this.#file, bytes, this.#position)
    this.#position += bytes.length
  }
}
