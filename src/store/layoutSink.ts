import { open, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Bytes } from '../bytes/bytes.js'
import { readFile, replaceFile, syncDirectory } from '../bytes/files.js'
import { FileWriter } from '../bytes/fileWriter.js'
import { hasher, type Sum } from '../bytes/hash.js'
import { assertClaim, type Claim } from '../bytes/verify.js'
import { algorithmOf, type Digest } from '../spec/digest.js'
import { attempt, during, ImageError, isSystemError } from '../spec/errors.js'
import { canonicalJSON } from '../spec/json.js'
import type { Descriptor, Index } from '../spec/parse.js'
import type { BlobSink } from './blobs.js'
import { walkGraph } from './graph.js'
import { assertLayoutOrEmpty, makeDirectory, removeMade, sizeOf, syncMade, writeLayoutFile } from './layoutDirectory.js'
import { blobPath, INDEX_FILE, readIndex } from './layoutFiles.js'
import { acquireLock } from './lock.js'
import { clearAbandoned, LOCK, makeStaging } from './staging.js'

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
      return new LayoutSink(root, { staging: await makeStaging(root), firstMade })
    } catch (error) {
      await removeMade(root, firstMade)
      // Another command that failed may just have taken its empty directory away.
      if (!isSystemError(error, 'ENOENT') || tries === MOST_TRIES) throw during(`open ${path}`, error)
    }
  }
}

const MOST_TRIES = 5

/** A blob that waits for the commit. */
interface Staged {
  path: string
  size: number
  /** Set once its bytes are on their way to the disk. */
  synced?: Promise<void>
}

/** From this size on a blob is sent to the disk as soon as it is whole; smaller ones may yet be dropped. */
const SYNC_EARLY = 1024 * 1024

class LayoutSink implements BlobSink {
  bytesWritten = 0
  readonly #root: string
  readonly #staging: string
  /** The uppermost directory that was made for the layout, if any was. */
  readonly #firstMade: string | undefined
  readonly #staged = new Map<Digest, Staged>()
  /** Blobs from before that are relied on, and their sizes. */
  readonly #present = new Map<Digest, number>()
  #count = 0
  #committed = false

  constructor(root: string, { staging, firstMade }: { staging: string; firstMade: string | undefined }) {
    this.#root = root
    this.#staging = staging
    this.#firstMade = firstMade
  }

  async has({ digest, size }: Claim): Promise<boolean> {
    const staged = this.#staged.get(digest)
    if (staged !== undefined) return staged.size === size
    if (this.#present.get(digest) === size) return true
    if ((await sizeOf(this.#final(digest))) !== size) return false
    this.#present.set(digest, size)
    return true
  }

  async put(bytes: Bytes, claim?: Claim): Promise<Sum> {
    const path = join(this.#staging, `${++this.#count}`)
    const sum = await this.#write(path, bytes, claim)
    if (await this.has(sum)) await rm(path)
    else this.#stage(path, sum)
    return sum
  }

  open({ digest }: Claim): Bytes {
    return readFile(this.#staged.get(digest)?.path ?? this.#final(digest))
  }

  async commit(roots: readonly Descriptor[], update: (current: Index) => Index): Promise<void> {
    const reached = await this.#reached(roots)
    for (const digest of reached) await this.#staged.get(digest)?.synced
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
    await Promise.allSettled([...this.#staged.values()].flatMap(({ synced }) => synced ?? []))
    await rm(this.#staging, { recursive: true, force: true })
    if (!this.#committed) await removeMade(this.#root, this.#firstMade)
  }

  async #write(path: string, bytes: Bytes, claim: Claim | undefined): Promise<Sum> {
    const file = await open(path, 'wx', 0o644)
    const writer = new FileWriter(file)
    const hash = hasher(claim && algorithmOf(claim.digest))
    let size = 0
    try {
      for await (const chunk of bytes) {
        const hashing = hash.update(chunk)
        hashing?.catch(() => {})
        await writer.write(chunk)
        await hashing
        size += chunk.length
        this.bytesWritten += chunk.length
      }
      await writer.end()
      const sum = { digest: await hash.digest(), size }
      if (claim !== undefined) assertClaim(sum, claim)
      return sum
    } finally {
      hash.discard()
      await file.close()
    }
  }

  #stage(path: string, { digest, size }: Sum): void {
    const staged: Staged = { path, size }
    this.#staged.set(digest, staged)
    if (size >= SYNC_EARLY) sync(staged)
  }

  /** Digests of all that the roots reach, and on its way to the disk what of it is staged. */
  async #reached(roots: readonly Descriptor[]): Promise<Digest[]> {
    const nodes = (await walkGraph(this, roots)).filter(({ kind }) => kind !== 'absent')
    for (const { descriptor } of nodes) {
      const staged = this.#staged.get(descriptor.digest)
      if (staged !== undefined) sync(staged)
    }
    return nodes.map(({ descriptor }) => descriptor.digest)
  }

  /** What was skipped because it was there has to be there still. */
  async #assertPresent(reached: Digest[]): Promise<void> {
    for (const digest of reached) {
      const size = this.#present.get(digest)
      if (size === undefined || this.#staged.has(digest) || (await sizeOf(this.#final(digest))) === size) continue
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
      const staged = this.#staged.get(digest)
      if (staged === undefined) continue
      const final = this.#final(digest)
      if (!directories.has(dirname(final))) await makeDirectory(dirname(final))
      directories.add(dirname(final))
      await rename(staged.path, final)
    }
    for (const directory of directories) await syncDirectory(directory)
    if (directories.size > 0) await syncDirectory(join(this.#root, 'blobs'))
  }

  #final(digest: Digest): string {
    return join(this.#root, blobPath(digest))
  }
}

/** Starts the sync, once; the commit waits for it. */
function sync(staged: Staged): void {
  staged.synced ??= syncFile(staged.path)
  staged.synced.catch(() => {})
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
