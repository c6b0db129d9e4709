import { CHUNK } from '../bytes/bytes.js'
import { isForThreads, remoteWrite } from '../threads/chunkThreads.js'
import { writeFully } from '../threads/writeFully.js'

/** Chunks from this size on are written in place; smaller ones are gathered. */
const LARGE = CHUNK / 4

const NONE = new Uint8Array(0)

/** Writes a file through the system's cache, in large pieces. Another thread writes large chunks in shared memory. */
export class CachedWriter {
  readonly #file: number
  #position: number
  #gathering: Uint8Array = NONE
  #gathered = 0

  /** @param file a descriptor */
  constructor(file: number, position = 0) {
    this.#file = file
    this.#position = position
  }

  /** Position of the next byte. */
  get position(): number {
    return this.#position + this.#gathered
  }

  /** Takes a chunk. If it returns a promise, the chunk's memory and the file are in use until that settles. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#gathered + chunk.length > CHUNK || chunk.length >= LARGE) this.end()
    if (isForThreads(chunk)) return remoteWrite(this.#file, chunk, this.#advance(chunk.length))
    if (chunk.length >= LARGE) writeFully(this.#file, chunk, this.#advance(chunk.length))
    else this.#gather(chunk)
    return undefined
  }

  /** Writes the gathered bytes. */
  end(): void {
    if (this.#gathered === 0) return
    writeFully(this.#file, this.#gathering.subarray(0, this.#gathered), this.#advance(this.#gathered))
    this.#gathered = 0
  }

  #gather(chunk: Uint8Array): void {
    const size = this.#gathered + chunk.length
    // Grows as needed: most files are one small chunk.
    if (size > this.#gathering.length) {
      const larger = Buffer.allocUnsafe(this.#gathered === 0 ? size : CHUNK)
      larger.set(this.#gathering.subarray(0, this.#gathered))
      this.#gathering = larger
    }
    this.#gathering.set(chunk, this.#gathered)
    this.#gathered = size
  }

  /** Returns the position for these bytes and moves past them. */
  #advance(length: number): number {
    const position = this.#position
    this.#position += length
    return position
  }
}
