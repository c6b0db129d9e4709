import type { FileHandle } from 'node:fs/promises'
import { CHUNK } from './bytes.js'
import { writeFully } from './files.js'

/** From this size on a chunk is written from where it is; smaller ones are gathered. */
const LARGE = CHUNK / 4

/** Writes a file from its start in large pieces, while the next ones are being gathered. */
export class FileWriter {
  readonly #file: FileHandle
  #gathering: Uint8Array | undefined
  #spare: Uint8Array | undefined
  #gathered = 0
  #writing: Promise<void> = Promise.resolve()

  constructor(file: FileHandle) {
    this.#file = file
  }

  /** Takes a chunk; where it has to be waited for, the chunk's memory is in use until then. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (chunk.length >= LARGE) return this.#writeLarge(chunk)
    this.#gathering ??= new Uint8Array(CHUNK)
    if (this.#gathered + chunk.length > CHUNK) return this.#flush().then(() => this.write(chunk))
    this.#gathering.set(chunk, this.#gathered)
    this.#gathered += chunk.length
    return undefined
  }

  /** Resolves when everything is written. */
  async end(): Promise<void> {
    await this.#flush()
    await this.#writing
  }

  async #writeLarge(chunk: Uint8Array): Promise<void> {
    await this.end()
    await writeFully(this.#file, chunk)
  }

  /** Starts to write what was gathered, once what was gathered before is written. */
  async #flush(): Promise<void> {
    await this.#writing
    if (this.#gathering === undefined || this.#gathered === 0) return
    const full = this.#gathering
    this.#writing = writeFully(this.#file, full.subarray(0, this.#gathered)).then(() => {
      this.#spare = full
    })
    this.#writing.catch(() => {})
    this.#gathering = this.#spare
    this.#spare = undefined
    this.#gathered = 0
  }
}
