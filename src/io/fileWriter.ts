import { CHUNK } from '../bytes/bytes.js'
import { SMALL } from '../bytes/smallContent.js'
import { BlockWriter, type Disk } from './blockWriter.js'
import { CachedWriter } from './cachedWriter.js'
import { DirectFile } from './directFile.js'
import { EarlySync } from './earlySync.js'

/** Position and purpose of the bytes. */
export interface FileWriterOptions {
  /** Position in bytes; the default is the start. */
  position?: number
  /** True if the bytes have to survive a crash; false if they are soon read again, and so go through the cache. */
  lasts: boolean
  /** Bytes that go through the cache even if `lasts`; the default is SMALL. */
  cached?: number
  /** Returns the disk of a file, if it can be reached past the cache. */
  diskOf?: (file: number) => Disk | undefined
}

/**
 * Writes a file from a position on. Large content that lasts goes directly to the disk where this is possible and fast.
 * Elsewhere it goes through the system's cache and is synced early.
 */
export class FileWriter {
  readonly #file: number
  readonly #diskOf: (file: number) => Disk | undefined
  #cached: CachedWriter
  readonly #syncing: EarlySync | undefined
  /** Start of the blocks; before it, bytes go through the cache. */
  #firstBlock: number
  #blocks: BlockWriter | undefined

  /** @param file a descriptor, to be closed after the writer */
  constructor(file: number, { position = 0, lasts, cached = SMALL, diskOf = DirectFile.open }: FileWriterOptions) {
    this.#file = file
    this.#diskOf = diskOf
    this.#cached = new CachedWriter(file, position)
    this.#syncing = lasts ? new EarlySync(file) : undefined
    this.#firstBlock = lasts ? Math.floor(position / CHUNK) * CHUNK + cached : Number.POSITIVE_INFINITY
  }

  /** Takes a chunk. If it returns a promise, the chunk's memory is in use until that settles. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#blocks !== undefined) {
      return this.#blocks.isWorthwhile ? this.#blocks.write(chunk) : this.#leave(this.#blocks, chunk)
    }
    if (this.#cached.position + chunk.length < this.#firstBlock) return this.#writeCached(chunk)
    return this.#reachBlock(chunk)
  }

  /** Writes the gathered bytes. */
  async end(): Promise<void> {
    this.#cached.end()
    await this.#blocks?.end()
    // The system reports a failure once, and only to this open file.
    await this.#syncing?.settled()
  }

  /** Waits for pending writes, whether they succeed or not. */
  async close(): Promise<void> {
    await this.#blocks?.close()
    await this.#syncing?.settled().catch(() => {})
  }

  #writeCached(chunk: Uint8Array): Promise<void> | undefined {
    this.#syncing?.wrote(chunk.length)
    return this.#cached.write(chunk)
  }

  async #reachBlock(chunk: Uint8Array): Promise<void> {
    const before = this.#firstBlock - this.#cached.position
    await this.#writeCached(chunk.subarray(0, before))
    this.#cached.end()
    const disk = this.#diskOf(this.#file)
    if (disk !== undefined) this.#blocks = new BlockWriter(this.#file, disk, this.#firstBlock)
    this.#firstBlock = Number.POSITIVE_INFINITY
    if (before < chunk.length) await this.write(chunk.subarray(before))
  }

  async #leave(blocks: BlockWriter, chunk: Uint8Array): Promise<void> {
    await blocks.end()
    this.#cached = new CachedWriter(this.#file, blocks.position)
    this.#blocks = undefined
    await blocks.close()
    await this.#writeCached(chunk)
  }
}
