import { rename } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Bytes } from '../bytes/bytes.js'
import { readFile, replaceFile, syncDirectory } from '../bytes/files.js'
import type { Sum } from '../bytes/hash.js'
import { inOrder } from '../bytes/inOrder.js'
import type { Claim } from '../bytes/verify.js'
import type { Digest } from '../spec/digest.js'
import { attempt, during, ImageError, isSystemError } from '../spec/errors.js'
import { canonicalJSON } from '../spec/json.js'
import type { Descriptor, Index } from '../spec/parse.js'
import type { BlobSink } from './blobs.js'
import { walkGraph } from './graph.js'
import { assertLayoutOrEmpty, makeDirectory, removeMade, sizeOf, syncMade, writeLayoutFile } from './layoutDirectory.js'
import { blobPath, INDEX_FILE, readIndex } from './layoutFiles.js'
import { acquireLock } from './lock.js'
import { StagedBlobs } from './stagedBlobs.js'
import { clearAbandoned, LOCK, makeStaging, removeStaging } from './staging.js'

/**
 * Opens a layout directory for writing, and makes it if it is not there. It keeps what it has.
 * @throws ImageError EXISTS if the path is something else than a layout or an empty directory
 */
export async function openLayoutSink(path: string): Promise<BlobSink> {
  const root = resolve(path)
  for (let tries = 1; ; tries++) {
    const firstMade = await attempt(`make ${path}`, () => makeDirectory(root))
    try {
      await assertLayoutOrEmpty(root, path)
      await clearAbandoned(root)
      return new LayoutSink(root, { staging: makeStaging(root), firstMade })
    } catch (error) {
      await removeMade(root, firstMade)
      // Another command that failed may just have taken its empty directory away.
      if (!isSystemError(error, 'ENOENT') || tries === MOST_TRIES) throw during(`open ${path}`, error)
    }
  }
}

const MOST_TRIES = 5

/** How many files are sent to the disk at a time: it takes several in one go, but each is an open file. */
const SYNCS = 16

class LayoutSink implements BlobSink {
  readonly #root: string
  readonly #staging: string
  /** The uppermost directory that was made for the layout, if any was. */
  readonly #firstMade: string | undefined
  readonly #staged: StagedBlobs
  /** Blobs from before that are relied on, and their sizes. */
  readonly #present = new Map<Digest, number>()
  #committed = false

  constructor(root: string, { staging, firstMade }: { staging: string; firstMade: string | undefined }) {
    this.#root = root
    this.#staging = staging
    this.#firstMade = firstMade
    this.#staged = new StagedBlobs(() => Promise.resolve(staging), { syncEarly: true })
  }

  get bytesWritten(): number {
    return this.#staged.bytesWritten
  }

  async has({ digest, size }: Claim): Promise<boolean> {
    const staged = this.#staged.sizeOf(digest)
    if (staged !== undefined) return staged === size
    if (this.#present.get(digest) === size) return true
    if ((await sizeOf(this.#final(digest))) !== size) return false
    this.#present.set(digest, size)
    return true
  }

  put(bytes: Bytes, claim?: Claim): Promise<Sum> {
    return this.#staged.put(bytes, claim, (sum) => this.has(sum))
  }

  open({ digest }: Claim, start?: number): Bytes {
    return readFile(this.#staged.pathOf(digest) ?? this.#final(digest), start)
  }

  async commit(roots: readonly Descriptor[], update: (current: Index) => Index): Promise<void> {
    const reached = await this.#reached(roots)
    await inOrder(reached, SYNCS, { work: (digest) => this.#staged.sync(digest) })
    await using lock = await acquireLock(join(this.#root, LOCK))
    const next = update(await readIndex(this.#root))
    await this.#assertPresent(reached)
    await this.#moveIn(reached)
    await lock.assertHeld()
    await replaceFile(join(this.#root, INDEX_FILE), canonicalJSON(next), join(this.#staging, INDEX_FILE))
    this.#committed = true
    if (this.#firstMade !== undefined) await syncMade(this.#root, this.#firstMade)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#staged.settle()
    await removeStaging(this.#staging)
    if (!this.#committed) await removeMade(this.#root, this.#firstMade)
  }

  /** Digests of all that the roots reach. */
  async #reached(roots: readonly Descriptor[]): Promise<Digest[]> {
    const nodes = (await walkGraph(this, roots)).filter(({ kind }) => kind !== 'absent')
    return nodes.map(({ descriptor }) => descriptor.digest)
  }

  /** What was skipped because it was there has to be there still. */
  async #assertPresent(reached: Digest[]): Promise<void> {
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

  async #moveIn(reached: Digest[]): Promise<void> {
    await writeLayoutFile(this.#root, this.#staging)
    const directories = new Set<string>()
    for (const digest of reached) {
      const path = this.#staged.pathOf(digest)
      if (path === undefined) continue
      const final = this.#final(digest)
      if (!directories.has(dirname(final))) await makeDirectory(dirname(final))
      directories.add(dirname(final))
      await rename(path, final)
    }
    for (const directory of directories) await syncDirectory(directory)
    if (directories.size > 0) await syncDirectory(join(this.#root, 'blobs'))
  }

  #final(digest: Digest): string {
    return join(this.#root, blobPath(digest))
  }
}
