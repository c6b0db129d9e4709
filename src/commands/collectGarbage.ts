import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { type Context, collecting } from '../bytes/context.js'
import type { HeldDirectory } from '../io/heldDirectory.js'
import { readSmallFile } from '../io/smallFile.js'
import type { Digest } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import { DOCUMENT_LIMIT, parseIndex } from '../spec/parse.js'
import { readIndexBytes } from '../store/layout/layoutFiles.js'
import { blobPath, INDEX_FILE } from '../store/layout/layoutNames.js'
import { type Swept, sweep } from '../store/layout/sweep.js'
import { changesAllTheTime, MOST_TRIES } from '../store/layout/tries.js'
import { reachableFrom } from '../store/reachable.js'
import { openLayoutToEdit } from '../transport/layoutToEdit.js'
import { assertGarbageOptions } from './checkOptions.js'
import type { GarbageOptions } from './layoutOptions.js'
import { running } from './running.js'

/** Seconds for which an unnamed blob is kept that is newer than the index. */
const GRACE = 3600

/**
 * Removes the blobs of a layout that nothing in its index reaches, and what killed commands left behind. Other files
 * stay. If a manifest or an index is broken, nothing is removed.
 * @throws ImageError
 */
export async function collectGarbage(path: string, options: GarbageOptions = {}): Promise<Swept> {
  return running(`collect garbage in ${path}`, options, async () => {
    assertGarbageOptions(options)
    const { context } = collecting(options)
    const linked = 'the blobs in its target are not collected'
    await using layout = await openLayoutToEdit(path, { context, signal: options.signal, linked })
    const { root } = layout.sink
    const circumstances = { path, grace: options.grace ?? GRACE, context }
    const { swept } = await layout.sink.edit(async () => ({
      index: undefined,
      swept: await sweepAll(root, circumstances),
    }))
    return swept
  })
}

/** Removes what the index does not reach, and begins again once another program replaces the index. */
async function sweepAll(root: HeldDirectory, { path, grace, context }: Circumstances): Promise<Swept> {
  const swept: Swept = { removed: [], bytes: 0 }
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const seen = identityOf(root)
    if (seen === undefined) {
      throw new ImageError('NOT_FOUND', `there is no ${INDEX_FILE}`, { where: path, hint: 'nothing was removed' })
    }
    // Other tools take no lock, and may name what nothing named a moment ago.
    const isCurrent = () => identityOf(root) === seen
    const { removed, bytes } = await sweptBy(root, { grace, isCurrent, context })
    for (const digest of removed) swept.removed.push(digest)
    swept.bytes += bytes
    if (isCurrent()) return swept
  }
  throw changesAllTheTime(join(path, INDEX_FILE))
}

interface Circumstances extends Pick<Sweeping, 'grace' | 'context'> {
  /** Path of the layout, for messages. */
  path: string
}

interface Sweeping {
  /** In seconds. */
  grace: number
  isCurrent: () => boolean
  context: Pick<Context, 'breathe'>
}

/** Removes what the index does not reach now; stops once it is not current. */
async function sweptBy(root: HeldDirectory, { grace, isCurrent, context: { breathe } }: Sweeping): Promise<Swept> {
  const until = oldest(root, grace)
  const index = readIndexBytes(root.at(INDEX_FILE), INDEX_FILE) ?? Buffer.alloc(0)
  parseIndex(index, INDEX_FILE)
  const read = (digest: Digest) => bytesOf(root, digest)
  const marked = await reachableFrom(index, INDEX_FILE, { read, breathe })
  return sweep(root, { isKept: (digest) => marked.has(digest), until, isCurrent, breathe })
}

/** Returns a text that is another one once the index is replaced or changed; undefined if there is none. */
function identityOf(root: HeldDirectory): string | undefined {
  const found = lstatSync(root.at(INDEX_FILE), { bigint: true, throwIfNoEntry: false })
  return found && [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join()
}

function bytesOf(root: HeldDirectory, digest: Digest): Buffer | undefined {
  return readSmallFile(root.at(blobPath(digest)), { limit: DOCUMENT_LIMIT, where: digest })?.bytes
}

/**
 * Returns the time up to which unnamed blobs are garbage. Programs write blobs before the index that names them, so
 * one that is newer than the index may be about to be named.
 */
function oldest(root: HeldDirectory, grace: number): number {
  const { mtimeMs } = lstatSync(root.at(INDEX_FILE))
  return grace === 0 ? Number.POSITIVE_INFINITY : Math.max(mtimeMs, Date.now() - grace * 1000)
}
