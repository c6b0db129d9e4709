import { closeSync, openSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Bytes } from '../../bytes/bytes.js'
import { hasher } from '../../hashing/hash.js'
import { syncFile } from '../../io/files.js'
import { FileWriter } from '../../io/fileWriter.js'
import type { HeldDirectory } from '../../io/heldDirectory.js'
import { assertClaim, type Claim, type Sum } from '../../spec/claim.js'
import { algorithmOf, type Digest } from '../../spec/digest.js'
import { during, isSystemError } from '../../spec/errors.js'

/** A folder for files. */
export type Folder = Pick<HeldDirectory, 'at' | 'path'>

/** A blob in a file of its own, waiting for the commit. */
interface Staged {
  path: string
  size: number
  /** Set once its sync has started. */
  synced?: Promise<void>
}

/** A blob of this size or more is synced as soon as it is whole; smaller ones may yet be discarded. */
const SYNC_EARLY = 1024 * 1024

/** Blobs in a directory that exists only while a command runs. */
export class StagedBlobs {
  /** Number of bytes written until now. */
  bytesWritten = 0
  readonly #directory: () => Promise<Folder>
  readonly #staged = new Map<Digest, Staged>()
  readonly #syncEarly: boolean
  #count = 0

  /**
   * @param directory for the files
   * @param syncEarly true if the files shall survive a crash once they are renamed
   */
  constructor(directory: () => Promise<Folder>, { syncEarly }: { syncEarly: boolean }) {
    this.#directory = directory
    this.#syncEarly = syncEarly
  }

  /** Returns the size of a blob; undefined if it is not here. */
  sizeOf(digest: Digest): number | undefined {
    return this.#staged.get(digest)?.size
  }

  /** Returns the path of a blob's file; undefined if it is not here. */
  pathOf(digest: Digest): string | undefined {
    return this.#staged.get(digest)?.path
  }

  /**
   * Writes bytes to a file and returns their sum. Removes the file again if the content is known already.
   * @throws ImageError INTEGRITY unless the claim holds
   */
  async put(bytes: Bytes, claim: Claim | undefined, isKnown: (sum: Sum) => Promise<boolean>): Promise<Sum> {
    const folder = await this.#directory()
    const path = folder.at(`${++this.#count}`)
    const sum = await this.#write(path, bytes, claim).catch((error: unknown) => {
      throw isOfWriting(error, path) ? during(`write to ${dirname(folder.path)}`, error) : error
    })
    if (await isKnown(sum)) rmSync(path)
    else this.#stage(path, sum)
    return sum
  }

  /** Returns a blob whose file is about to be moved away; undefined if it is not here. From then on it is not. */
  take(digest: Digest): { path: string; size: number } | undefined {
    const staged = this.#staged.get(digest)
    this.#staged.delete(digest)
    return staged
  }

  /** Resolves when the blob is on the disk; at once if it is not here. */
  async sync(digest: Digest): Promise<void> {
    const staged = this.#staged.get(digest)
    if (staged === undefined) return
    startSync(staged)
    await staged.synced
  }

  /** Waits until all syncs have ended, successfully or not. */
  async settle(): Promise<void> {
    await Promise.allSettled([...this.#staged.values()].flatMap(({ synced }) => synced ?? []))
  }

  async #write(path: string, bytes: Bytes, claim: Claim | undefined): Promise<Sum> {
    // Synchronous, like the writes: there may be 100,000 small files, and a trip through another thread costs more.
    const file = openSync(path, 'wx', 0o644)
    const writer = new FileWriter(file, { lasts: this.#syncEarly })
    const hash = hasher(claim && algorithmOf(claim.digest))
    let size = 0
    try {
      for await (const chunk of bytes) {
        await allOver([hash.update(chunk), writer.write(chunk)])
        size += chunk.length
        this.bytesWritten += chunk.length
      }
      await writer.end()
      const sum = { digest: await hash.digest(), size }
      if (claim !== undefined) assertClaim(sum, claim)
      return sum
    } finally {
      hash.discard()
      await writer.close()
      closeSync(file)
    }
  }

  #stage(path: string, { digest, size }: Sum): void {
    const staged: Staged = { path, size }
    this.#staged.set(digest, staged)
    if (this.#syncEarly && size >= SYNC_EARLY) startSync(staged)
  }
}

/** True if the system failed on our own file, and not on one that is read. */
function isOfWriting(error: unknown, path: string): boolean {
  return isSystemError(error) && (error.path === path || WRITING.has(error.syscall ?? ''))
}

/** System calls that only writing makes. */
const WRITING: ReadonlySet<string> = new Set(['write', 'fsync', 'fdatasync'])

/** Starts the sync once; the commit waits for it. */
function startSync(staged: Staged): void {
  staged.synced ??= syncFile(staged.path)
  staged.synced.catch(() => {})
}

/**
 * Waits until all work has ended, even after a failure, because memory and file are in use until then. Throws the first
 * failure.
 */
async function allOver(work: readonly (Promise<void> | undefined)[]): Promise<void> {
  const outcomes = await Promise.allSettled(work.filter((one) => one !== undefined))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}
