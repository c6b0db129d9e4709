import { CHUNK } from '../bytes/bytes.js'
import { giveBlock, takeBlock } from '../threads/blockPool.js'
import { remoteWrite } from '../threads/chunkThreads.js'
import { isPages } from '../threads/pageMemory.js'
import { writeFully } from '../threads/writeFully.js'

/** What takes whole pages from memory by itself. */
export interface Disk {
  /**
   * Writes whole pages to a position that is a multiple of their size.
   * @returns how many bytes were written: none if the disk does not take them like that
   */
  write(pages: Uint8Array, position: number): Promise<number>
  close(): void
}

/** So many blocks are written before it is judged whether that is fast enough. */
const TRIAL = 8

/** What the fastest of them may take, in milliseconds: two seconds for a GB. */
const SLOW = 2

/** Writes a file in blocks straight to the disk, from a position on that is a multiple of their size. */
export class BlockWriter {
  readonly #file: number
  readonly #disk: Disk
  #position: number
  /** Gathers what does not come in whole pages, while the other one is being written. */
  #block = takeBlock()
  #other = takeBlock()
  #gathered = 0
  #writing: Promise<void> = Promise.resolve()
  #written = 0
  #fastest = Number.POSITIVE_INFINITY
  #isRefused = false

  /**
   * @param file a descriptor, for what the disk does not take
   * @param disk takes the same file; closed with the writer
   */
  constructor(file: number, disk: Disk, position: number) {
    this.#file = file
    this.#disk = disk
    this.#position = position
  }

  /** Where the next byte goes. */
  get position(): number {
    return this.#position + this.#gathered
  }

  /**
   * Whether the disk takes blocks, and faster than they are made. From a slow one, whoever reads the file next would have
   * to wait for all of it again, which the system's cache spares him.
   */
  get isWorthwhile(): boolean {
    return !this.#isRefused && (this.#written < TRIAL || this.#fastest < SLOW)
  }

  /** Takes a chunk; where it has to be waited for, the chunk's memory is in use until then. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#gathered === 0 && isPages(chunk)) return this.#pass(chunk)
    if (this.#gathered + chunk.length >= CHUNK) return this.#gatherAll(chunk)
    this.#gather(chunk)
    return undefined
  }

  /** Writes what was gathered. */
  async end(): Promise<void> {
    await this.#writing
    writeFully(this.#file, this.#block.subarray(0, this.#gathered), this.#position)
    this.#position += this.#gathered
    this.#gathered = 0
  }

  /** Waits for what is on its way, whether it gets there or not. */
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
      // Not waited for: the next block is gathered meanwhile.
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
    // Whoever waits next sees the failure.
    this.#writing.catch(() => {})
    this.#position += pages.length
    return this.#writing
  }

  async #put(pages: Uint8Array, position: number): Promise<void> {
    const started = performance.now()
    const written = await this.#disk.write(pages, position)
    // The fastest, since the others may have waited for this thread rather than for the disk.
    this.#fastest = Math.min(this.#fastest, ((performance.now() - started) * CHUNK) / pages.length)
    this.#written++
    this.#isRefused ||= written === 0
    if (written < pages.length) await remoteWrite(this.#file, pages.subarray(written), position + written)
  }
}
