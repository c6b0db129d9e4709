import { rename } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Bytes } from '../../bytes/bytes.js'
import { mapParallel } from '../../bytes/mapParallel.js'
import type { Sum } from '../../hashing/hash.js'
import type { Claim } from '../../hashing/verify.js'
import { readFile, syncDirectory, writeSynced } from '../../io/files.js'
import { HeldDirectory } from '../../io/heldDirectory.js'
import type { Digest } from '../../spec/digest.js'
import { attempt, during, ImageError, isSystemError } from '../../spec/errors.js'
import { canonicalJSON } from '../../spec/json/canonical.js'
import type { Descriptor, Index } from '../../spec/parse.js'
import type { BlobSink } from '../blobs.js'
import { isPresent, walkGraph } from '../graph.js'
import { assertLayoutOrEmpty, makeDirectory, removeMade, sizeOf, syncMade } from './layoutDirectory.js'
import { blobPath, INDEX_FILE, indexIn, readIndexBytes } from './layoutFiles.js'
import { acquireLock, type Lock } from './lock.js'
import { Moves } from './moves.js'
import { openStaging } from './openStaging.js'
import { LOCK } from './ownNames.js'
import { StagedBlobs } from './stagedBlobs.js'
import type { Staging } from './staging.js'

/**
 * Opens a layout directory for writing; makes it if it does not exist. Keeps its content.
 * @throws ImageError EXISTS if the path is neither a layout nor an empty directory
 */
export async function openLayoutSink(path: string, { signal }: { signal?: AbortSignal } = {}): Promise<LayoutSink> {
  const root = resolve(path)
  for (let tries = 1; ; tries++) {
    const firstMade = await attempt(`make ${path}`, () => makeDirectory(root))
    try {
      return new LayoutSink(await stagingIn(root), { firstMade, signal })
    } catch (error) {
      await removeMade(root, firstMade)
      // Another command that failed may just have removed its empty directory.
      if (!isSystemError(error, 'ENOENT') || tries === MOST_TRIES) throw during(`open ${path}`, error)
    }
  }
}

const MOST_TRIES = 5

async function stagingIn(path: string): Promise<Staging> {
  const root = HeldDirectory.open(path)
  try {
    assertLayoutOrEmpty(root)
  } catch (error) {
    root[Symbol.dispose]()
    throw error
  }
  return openStaging(root)
}

/** The most files to sync at a time: disks take several at once, but each is an open file. */
const SYNCS = 16

/** A change of a layout. */
export interface IndexChange {
  /** The new index; undefined if it stays. */
  index: Buffer | undefined
  /** Blobs that it needs, leaves first: those that this run put are moved in. */
  blobs?: readonly Digest[]
  /** Folders to make, as paths in the layout. */
  folders?: readonly string[]
}

type WithIndex = IndexChange & { index: Buffer; blobs: readonly Digest[] }

interface Circumstances {
  firstMade: string | undefined
  /** Ends waiting for the lock. */
  signal: AbortSignal | undefined
}

/** A layout directory that takes further images. */
export class LayoutSink implements BlobSink {
  /** The directory. */
  readonly root: HeldDirectory
  readonly #staging: Staging
  /** The uppermost directory that was made for the layout; undefined if none was. */
  readonly #firstMade: string | undefined
  readonly #signal: AbortSignal | undefined
  readonly #staged: StagedBlobs
  /** Sizes of blobs from before that this run relies on. */
  readonly #present = new Map<Digest, number>()
  #leftOut: ReadonlySet<string> = new Set()
  #committed = false

  constructor(staging: Staging, { firstMade, signal }: Circumstances) {
    this.root = staging.parent
    this.#staging = staging
    this.#firstMade = firstMade
    this.#signal = signal
    this.#staged = new StagedBlobs(() => Promise.resolve(staging.directory), { syncEarly: true })
  }

  get bytesWritten(): number {
    return this.#staged.bytesWritten
  }

  async has({ digest, size }: Claim): Promise<boolean> {
    const staged = this.#leftOut.has(digest) ? undefined : this.#staged.sizeOf(digest)
    if (staged !== undefined) return staged === size
    if (this.#present.get(digest) === size) return true
    if ((await sizeOf(this.#final(digest))) !== size) return false
    this.#present.set(digest, size)
    return true
  }

  /**
   * Treats unwanted content as absent, although it arrived, for example as the rest of a pipe. Content from before
   * stays visible.
   */
  leaveOut(digests: ReadonlySet<string>): void {
    this.#leftOut = digests
  }

  put(bytes: Bytes, claim?: Claim): Promise<Sum> {
    return this.#staged.put(bytes, claim, (sum) => this.has(sum))
  }

  open({ digest }: Claim, start?: number): Bytes {
    return readFile(this.#staged.pathOf(digest) ?? this.#final(digest), start)
  }

  async commit(roots: readonly Descriptor[], update: (current: Index) => Index | Promise<Index>): Promise<void> {
    const reached = await this.#reached(roots)
    await this.#sync(reached)
    await this.edit(async (current) => {
      const index = await update(indexIn(current, this.#where))
      return { index: canonicalJSON(index), blobs: reached }
    })
  }

  /**
   * Changes the layout while no other command can: `change` gets the bytes of the index, and may read and put blobs. As
   * in `commit`, the index is replaced last. Returns what `change` returns.
   */
  async edit<Change extends IndexChange>(change: (current: Buffer | undefined) => Promise<Change>): Promise<Change> {
    await using lock = await this.#lock()
    const current = readIndexBytes(this.root.at(INDEX_FILE), this.#where)
    const changed = await change(current)
    const { index, blobs = [] } = changed
    if (index !== undefined && (blobs.length > 0 || current?.equals(index) !== true)) {
      await this.#replace({ ...changed, index, blobs }, lock)
    }
    return changed
  }

  async #replace({ index, blobs, folders = [] }: WithIndex, lock: Lock): Promise<void> {
    await this.#sync(blobs)
    const staged = this.#staging.directory.at(INDEX_FILE)
    await writeSynced(staged, index)
    await this.#assertPresent(blobs)
    await lock.assertHeld()
    const moves = new Moves(this.root)
    try {
      await this.#moveIn(blobs, moves)
      for (const folder of folders) await moves.addFolder(folder)
      await lock.assertHeld()
      await rename(staged, this.root.at(INDEX_FILE))
    } catch (error) {
      // The process that took the lock over relies on the files that are there now.
      if (lock.isHeld()) await moves.takeBack()
      throw error
    }
    this.#committed = true
    await syncDirectory(this.root.at())
    if (this.#firstMade !== undefined) await syncMade(this.root.path, this.#firstMade)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#staged.settle()
    await this.#staging[Symbol.asyncDispose]()
    if (!this.#committed) await removeMade(this.root.path, this.#firstMade)
  }

  /** The index's path as the user knows it. */
  get #where(): string {
    return join(this.root.path, INDEX_FILE)
  }

  async #sync(blobs: readonly Digest[]): Promise<void> {
    await mapParallel(blobs, SYNCS, { work: (digest) => this.#staged.sync(digest) })
  }

  #lock(): Promise<Lock> {
    const where = join(this.root.path, LOCK)
    const waiting = this.#signal === undefined ? { where } : { where, signal: this.#signal }
    return attempt(`lock ${this.root.path}`, () => acquireLock(this.root.at(LOCK), waiting))
  }

  /** Returns the digests of everything that the roots reach. */
  async #reached(roots: readonly Descriptor[]): Promise<Digest[]> {
    const nodes = (await walkGraph(this, roots)).filter(isPresent)
    return nodes.map(({ descriptor }) => descriptor.digest)
  }

  /** Throws if a blob from before, which was therefore not written, is gone. */
  async #assertPresent(reached: readonly Digest[]): Promise<void> {
    for (const digest of reached) {
      const size = this.#present.get(digest)
      if (size === undefined || this.#staged.sizeOf(digest) !== undefined) continue
      if ((await sizeOf(this.#final(digest))) === size) continue
      throw new ImageError('INTEGRITY', 'a blob that the layout had is gone', {
        where: digest,
        hint: 'something else changed the layout meanwhile; run the command again',
      })
    }
  }

  async #moveIn(reached: readonly Digest[], moves: Moves): Promise<void> {
    await moves.addLayoutFile(this.#staging.directory)
    for (const digest of reached) {
      const staged = this.#staged.pathOf(digest)
      if (staged !== undefined) await moves.addBlob(digest, staged)
    }
    await moves.sync(reached)
  }

  #final(digest: Digest): string {
    return this.root.at(blobPath(digest))
  }
}
