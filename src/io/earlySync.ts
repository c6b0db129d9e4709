import { fdatasync } from 'node:fs'
import { promisify } from 'node:util'

const sync = promisify(fdatasync)

/** Maximum bytes that wait to be written to the disk. */
const SYNC_EVERY = 128 * 1024 * 1024

/** Syncs a file in the background while it is written, so that little is left to wait for at its end. */
export class EarlySync {
  readonly #file: number
  #unsynced = 0
  #syncing: Promise<void> = Promise.resolve()

  /** @param file a descriptor, to be closed only after `settled` */
  constructor(file: number) {
    this.#file = file
  }

  /** Notes that bytes were written. */
  wrote(length: number): void {
    this.#unsynced += length
    if (this.#unsynced < SYNC_EVERY) return
    this.#unsynced = 0
    this.#syncing = this.#syncing.then(() => sync(this.#file))
    this.#syncing.catch(() => {})
  }

  /** Waits for pending syncs; fails if one does. */
  settled(): Promise<void> {
    return this.#syncing
  }
}
