import { closeSync, openSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Bytes } from '../../bytes/bytes.js'
import { hasher, type Sum } from '../../hashing/hash.js'
import { assertClaim, type Claim } from '../../hashing/verify.js'
import { syncFile } from '../../io/files.js'
import { FileWriter } from '../../io/fileWriter.js'
import type { HeldDirectory } from '../../io/heldDirectory.js'
import { algorithmOf, type Digest } from '../../spec/digest.js'
import { during, isSystemError } from '../../spec/errors.js'

/** Where files go. */
export type Folder = Pick<HeldDirectory, 'at' | 'path'>

/** A blob that waits in a file of its own. */
interface Staged {
  path: string
  size: number
  /** Set once its bytes are on their way to the disk. */
  synced?: Promise<void>
}

/** From this size on a blob is sent to the disk as soon as it is whole; smaller ones may yet be dropped. */
const SYNC_EARLY = 1024 * 1024

/** Blobs in a directory that is only there while a command runs. */
export class StagedBlobs {
  /** Bytes that were written so far. */
  bytesWritten = 0
  readonly #directory: () => Promise<Folder>
  readonly #staged = new Map<Digest, Staged>()
  readonly #syncEarly: boolean
  #count = 0

  /**
   * @param directory where the files go
   * @param syncEarly whether they shall survive a crash, once they are renamed
   */
  constructor(directory: () => Promise<Folder>, { syncEarly }: { syncEarly: boolean }) {
    this.#directory = directory
    this.#syncEarly = syncEarly
  }

  /** Size of a blob that is here. */
  sizeOf(digest: Digest): number | undefined {
    return this.#staged.get(digest)?.size
  }

  /** The file of a blob that is here. */
  pathOf(digest: Digest): string | undefined {
    return this.#staged.get(digest)?.path
  }

  /**
   * Writes bytes to a file and says what they were; keeps the file unless they are known already.
   * @throws ImageError INTEGRITY unless they are what is claimed
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

  /** Resolves when a blob is on the disk, if it is here. */
  async sync(digest: Digest): Promise<void> {
    const staged = this.#staged.get(digest)
    if (staged === undefined) return
    startSync(staged)
    await staged.synced
  }

  /** Waits for what is on its way to the disk, whether it gets there or not. */
  async settle(): Promise<void> {
    await Promise.allSettled([...this.#staged.values()].flatMap(({ synced }) => synced ?? []))
  }

  async #write(path: string, bytes: Bytes, claim: Claim | undefined): Promise<Sum> {
    // At once, like the writing: there may be 100,000 small files, and each call by way of another thread costs more.
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

/** True of what the system says of our own file, not of one that is read. */
function isOfWriting(error: unknown, path: string): boolean {
  return isSystemError(error) && (error.path === path || WRITING.has(error.syscall ?? ''))
}

/** Calls of the system that only writing makes. */
const WRITING: ReadonlySet<string> = new Set(['write', 'fsync', 'fdatasync'])

/** Starts the sync, once; the commit waits for it. */
function startSync(staged: Staged): void {
  staged.synced ??= syncFile(staged.path)
  staged.synced.catch(() => {})
}

/** Waits until all is over, also after a failure: memory and file are in use until then. Throws the first failure. */
async function allOver(work: readonly (Promise<void> | undefined)[]): Promise<void> {
  const outcomes = await Promise.allSettled(work.filter((one) => one !== undefined))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}
