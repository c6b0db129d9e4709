import { lstatSync } from 'node:fs'
import { collecting } from '../bytes/context.js'
import type { HeldDirectory } from '../io/heldDirectory.js'
import { readSmallFile } from '../io/smallFile.js'
import type { Digest } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import { DOCUMENT_LIMIT, parseIndex } from '../spec/parse.js'
import { blobPath, INDEX_FILE } from '../store/layout/layoutFiles.js'
import { type Swept, sweep } from '../store/layout/sweep.js'
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
    const { swept } = await layout.sink.edit(async (index) => {
      if (index === undefined) {
        throw new ImageError('NOT_FOUND', `there is no ${INDEX_FILE}`, { where: path, hint: 'nothing was removed' })
      }
      parseIndex(index, INDEX_FILE)
      const { breathe } = context
      const read = (digest: Digest) => bytesOf(root, digest)
      const marked = await reachableFrom(index, INDEX_FILE, { read, breathe })
      const isKept = (digest: Digest) => marked.has(digest)
      return {
        index: undefined,
        swept: await sweep(root, { isKept, until: oldest(root, options.grace ?? GRACE), breathe }),
      }
    })
    return swept
  })
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
