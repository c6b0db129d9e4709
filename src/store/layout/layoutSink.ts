import { rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Bytes } from '../../bytes/bytes.js'
import { mapParallel } from '../../bytes/mapParallel.js'
import { readFile, syncDirectory, writeSynced } from '../../io/files.js'
import { HeldDirectory } from '../../io/heldDirectory.js'
import type { Claim, Sum } from '../../spec/claim.js'
import type { Digest } from '../../spec/digest.js'
import type { KnownDocuments } from '../../spec/documents.js'
import { attempt, during, isSystemError } from '../../spec/errors.js'
import { canonicalJSON } from '../../spec/json/canonical.js'
import type { Descriptor, Index } from '../../spec/parse.js'
import type { BlobSink } from '../blobSink.js'
import { GraphWalks } from '../walks.js'
import { assertLayoutOrEmpty, makeDirectory, removeMade, syncMade } from './layoutDirectory.js'
import { indexIn, readIndexBytes } from './layoutFiles.js'
import { INDEX_FILE } from './layoutNames.js'
import { acquireLock, type Lock } from './lock.js'
import { Moves } from './moves.js'
import { openStaging } from './openStaging.js'
import { LOCK } from './ownNames.js'
import { PresentBlobs } from './presentBlobs.js'
import { StagedBlobs } from './stagedBlobs.js'
import type { Staging } from './staging.js'
import { changesAllTheTime, MOST_TRIES } from './tries.js'

interface SinkOptions {
  /** Ends waiting for the lock. */
  signal?: AbortSignal | undefined
  /** Documents that need not be read back once they are in the layout. */
  documents?: KnownDocuments | undefined
}

/**
 * Opens a layout directory for writing; makes it if it does not exist. Keeps its content.
 * @throws ImageError EXISTS if the path is neither a layout nor an empty directory
 */
export async function openLayoutSink(path: string, options: SinkOptions = {}): Promise<LayoutSink> {
  const root = resolve(path)
  for (let tries = 1; ; tries++) {
    const firstMade = await attempt(`make ${path}`, () => makeDirectory(root))
    try {
      return new LayoutSink(await stagingIn(root), { firstMade, ...options })
    } catch (error) {
      await removeMade(root, firstMade)
      // Another command that failed may just have removed its empty directory.
      if (!isSystemError(error, 'ENOENT') || tries === MOST_TRIES) throw during(`open ${path}`, error)
    }
  }
}

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

interface Preparation {
  lock: Lock
  moves: Moves
}

type WithIndex = IndexChange & { index: Buffer; blobs: readonly Digest[] }

interface Circumstances extends SinkOptions {
  firstMade: string | undefined
}

/** A layout directory that takes further images. */
export class LayoutSink implements BlobSink {
  /** The directory. */
  readonly root: HeldDirectory
  readonly documents?: KnownDocuments
  readonly #staging: Staging
  /** The uppermost directory that was made for the layout; undefined if none was. */
  readonly #firstMade: string | undefined
  readonly #signal: AbortSignal | undefined
  readonly #staged: StagedBlobs
  readonly #present: PresentBlobs
  #leftOut: ReadonlySet<string> = new Set()
  #committed = false

  constructor(staging: Staging, { firstMade, signal, documents }: Circumstances) {
    if (documents !== undefined) this.documents = documents
    this.root = staging.parent
    this.#staging = staging
    this.#firstMade = firstMade
    this.#signal = signal
    this.#present = new PresentBlobs(staging.parent)
    this.#staged = new StagedBlobs(() => Promise.resolve(staging.directory), { syncEarly: true })
  }

  get bytesWritten(): number {
    return this.#staged.bytesWritten
  }

  async has(claim: Claim): Promise<boolean> {
    const staged = this.#stagedSize(claim)
    return staged === undefined ? this.#present.has(claim) : staged === claim.size
  }

  async hasIntact(claim: Claim): Promise<boolean> {
    const staged = this.#stagedSize(claim)
    return staged === undefined ? this.#present.hasIntact(claim) : staged === claim.size
  }

  #stagedSize({ digest }: Claim): number | undefined {
    return this.#leftOut.has(digest) ? undefined : this.#staged.sizeOf(digest)
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
    return readFile(this.#staged.pathOf(digest) ?? this.#present.pathOf(digest), start)
  }

  async commit(
    roots: readonly Descriptor[],
    update: (current: Index) => Index | Promise<Index>,
    walks = new GraphWalks(this),
  ): Promise<void> {
    const reached = (await walks.presentBelow(roots)).map(({ digest }) => digest)
    await this.#sync(reached)
    await this.edit(async (current) => {
      const index = await update(indexIn(current, this.#where))
      return { index: canonicalJSON(index), blobs: reached }
    })
  }

  /**
   * Changes the layout while no other command can: `change` gets the bytes of the index, and may read and put blobs. As
   * in `commit`, the index is replaced last. Returns what `change` returns. Other tools take no lock: if one of them
   * replaces the index meanwhile, `change` is called again.
   */
  async edit<Change extends IndexChange>(change: (current: Buffer | undefined) => Promise<Change>): Promise<Change> {
    await using lock = await this.#lock()
    const moves = new Moves(this.root)
    try {
      for (let tries = 1; tries <= MOST_TRIES; tries++) {
        const current = this.#index()
        const changed = await change(current)
        const { index, blobs = [] } = changed
        if (index === undefined || (blobs.length === 0 && current?.equals(index) === true)) return changed
        await this.#prepare({ ...changed, index, blobs }, { lock, moves })
        if (!isSame(this.#index(), current)) continue
        await rename(this.#staging.directory.at(INDEX_FILE), this.root.at(INDEX_FILE))
        await this.#settle()
        return changed
      }
      throw changesAllTheTime(this.#where)
    } catch (error) {
      // The process that took the lock over relies on the files that are there now.
      if (!this.#committed && lock.isHeld()) await moves.takeBack()
      throw error
    }
  }

  #index(): Buffer | undefined {
    return readIndexBytes(this.root.at(INDEX_FILE), this.#where)
  }

  /** Does everything but the last step. */
  async #prepare({ index, blobs, folders = [] }: WithIndex, { lock, moves }: Preparation): Promise<void> {
    await this.#sync(blobs)
    const staged = this.#staging.directory.at(INDEX_FILE)
    // That of an earlier try.
    await rm(staged, { force: true })
    await writeSynced(staged, index)
    moves.own(staged)
    await this.#present.assertStillThere(blobs.filter((digest) => this.#staged.sizeOf(digest) === undefined))
    await lock.assertHeld()
    await this.#moveIn(blobs, moves)
    for (const folder of folders) await moves.addFolder(folder)
    await lock.assertHeld()
  }

  async #settle(): Promise<void> {
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

  async #moveIn(reached: readonly Digest[], moves: Moves): Promise<void> {
    await moves.addLayoutFile(this.#staging.directory)
    for (const digest of reached) {
      const staged = this.#staged.take(digest)
      if (staged === undefined) continue
      await moves.addBlob(digest, staged.path)
      this.#present.add(digest, staged.size)
    }
    await moves.sync(reached)
  }
}

function isSame(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other)
}
