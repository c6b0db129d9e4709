import { CHUNK } from '../bytes/bytes.js'
import { giveBlock, takeBlock } from '../threads/blockPool.js'
import { remoteWrite } from '../threads/chunkThreads.js'
import { isPages } from '../threads/pageMemory.js'
import { writeFully } from '../threads/writeFully.js'

/** Writes whole pages directly from memory. */
export interface Disk {
  /**
   * Writes whole pages at a position that is a multiple of their size.
   * @returns the number of bytes written; 0 if the disk cannot write them directly
   */
  write(pages: Uint8Array, position: number): Promise<number>
  close(): void
}

/** Number of blocks written before their speed is judged. */
const TRIAL = 8

/** Maximum milliseconds for the fastest of them: two seconds for a GB. */
const SLOW = 2

/** Writes a file in blocks directly to the disk, from a position that is a multiple of their size. */
export class BlockWriter {
  readonly #file: number
  readonly #disk: Disk
  #position: number
  /** Gathers bytes that do not come in whole pages, while the other block is written. */
  #block = takeBlock()
  #other = takeBlock()
  #gathered = 0
  #writing: Promise<void> = Promise.resolve()
  #written = 0
  #fastest = Number.POSITIVE_INFINITY
  #isRefused = false

  /**
   * @param file a descriptor, for bytes that the disk cannot write directly
   * @param disk writes to the same file; closed with the writer
   */
  constructor(file: number, disk: Disk, position: number) {
    this.#file = file
    this.#disk = disk
    this.#position = position
  }

  /** Position of the next byte. */
  get position(): number {
    return this.#position + this.#gathered
  }

  /**
   * True while direct writes work and keep up. On a slow disk the page cache is better: the next reader finds the file
   * in memory.
   */
  get isWorthwhile(): boolean {
    return !this.#isRefused && (this.#written < TRIAL || this.#fastest < SLOW)
  }

  /** Takes a chunk. If it returns a promise, the chunk's memory is in use until that settles. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#gathered === 0 && isPages(chunk)) return this.#pass(chunk)
    if (this.#gathered + chunk.length >= CHUNK) return this.#gatherAll(chunk)
    this.#gather(chunk)
    return undefined
  }

  /** Writes the gathered bytes. */
  async end(): Promise<void> {
    await this.#writing
    writeFully(this.#file, this.#block.subarray(0, this.#gathered), this.#position)
    this.#position += this.#gathered
    this.#gathered = 0
  }

  /** Waits for pending writes, whether they succeed or not. */
  async close(): Promise<void> {
    await this.#writing.catch(() => {})
    this.#disk.close()
    giveBlock(this.#block)
    giveBlock(this.#other)
  }

  async #pass(chunk: Uint8Array): Promise<void> {
    await this.#writing
    await this.#start(chunk)
  }

  async #gatherAll(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + CHUNK - this.#gathered)
      this.#gather(part)
      at += part.length
      if (this.#gathered < CHUNK) return
      await this.#writing
      // Not awaited: the next block is gathered meanwhile.
      void this.#start(this.#block)
      ;[this.#block, this.#other] = [this.#other, this.#block]
      this.#gathered = 0
    }
  }

  #gather(part: Uint8Array): void {
    this.#block.set(part, this.#gathered)
    this.#gathered += part.length
  }

  #start(pages: Uint8Array): Promise<void> {
    this.#writing = this.#put(pages, this.#position)
    // The next wait sees the failure.
    this.#writing.catch(() => {})
    this.#position += pages.length
    return this.#writing
  }

  async #put(pages: Uint8Array, position: number): Promise<void> {
    const started = performance.now()
    const written = await this.#disk.write(pages, position)
    // The fastest write counts, since the others may have waited for this thread, not for the disk.
    this.#fastest = Math.min(this.#fastest, ((performance.now() - started) * CHUNK) / pages.length)
    this.#written++
    this.#isRefused ||= written === 0
    if (written < pages.length) await remoteWrite(this.#file, pages.subarray(written), position + written)
  }
}
