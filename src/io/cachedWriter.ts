import { CHUNK } from '../bytes/bytes.js'
import { isForThreads, remoteWrite } from '../threads/chunkThreads.js'
import { writeFully } from '../threads/writeFully.js'

/** From this size on a chunk is written from where it is; smaller ones are gathered. */
const LARGE = CHUNK / 4

const NONE = new Uint8Array(0)

/**
 * Writes a file from a position on by way of the system's cache, in large pieces; large ones in another thread, where
 * their memory is shared.
 */
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

  /** Where the next byte goes. */
  get position(): number {
    return this.#position + this.#gathered
  }

  /** Takes a chunk; where it has to be waited for, the chunk's memory is in use, and the file, until then. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#gathered + chunk.length > CHUNK || chunk.length >= LARGE) this.end()
    if (isForThreads(chunk)) return remoteWrite(this.#file, chunk, this.#advance(chunk.length))
    if (chunk.length >= LARGE) writeFully(this.#file, chunk, this.#advance(chunk.length))
    else this.#gather(chunk)
    return undefined
  }

  /** Writes what was gathered. */
  end(): void {
    if (this.#gathered === 0) return
    writeFully(this.#file, this.#gathering.subarray(0, this.#gathered), this.#advance(this.#gathered))
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

  /** Where so many bytes go. */
  #advance(length: number): number {
    const position = this.#position
    this.#position += length
    return position
  }
}
