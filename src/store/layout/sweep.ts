import { lstatSync, unlinkSync } from 'node:fs'
import type { HeldDirectory } from '../../io/heldDirectory.js'
import { type Digest, isDigest } from '../../spec/digest.js'
import { isSystemError } from '../../spec/errors.js'

/** What a sweep removed. */
export interface Swept {
  /** Digests of the removed blobs, sorted. */
  removed: Digest[]
  /** Their size together. */
  bytes: number
}

/** Options for a sweep. */
interface SweepOptions {
  isKept: (digest: Digest) => boolean
  /** Keeps blobs that were modified later, in milliseconds since 1970. */
  until: number
  /** False once another program has replaced the index: nothing more is removed. */
  isCurrent: () => boolean
  /** Lets signals in. */
  breathe: () => Promise<void> | undefined
}

/**
 * Removes the blobs of a layout that are not kept. Only regular files go that are named as a blob is; everything else
 * in these folders stays, and links are not followed.
 */
export async function sweep(root: HeldDirectory, options: SweepOptions): Promise<Swept> {
  const swept: Swept = { removed: [], bytes: 0 }
  using blobs = folderIn(root, 'blobs')
  for (const algorithm of ['sha256', 'sha512']) {
    using folder = blobs && folderIn(blobs, algorithm)
    for (const name of folder?.names().sort() ?? []) {
      const digest = `${algorithm}:${name}`
      await options.breathe()
      if (folder === undefined || !isDigest(digest) || options.isKept(digest)) continue
      if (!options.isCurrent()) return swept
      const size = removedSize(folder, name, options.until)
      if (size === undefined) continue
      swept.removed.push(digest)
      swept.bytes += size
    }
  }
  return swept
}

/** Removes a file and returns its size; undefined if it is none, or too young. */
function removedSize(folder: HeldDirectory, name: string, until: number): number | undefined {
  const found = lstatSync(folder.at(name), { throwIfNoEntry: false })
  if (found?.isFile() !== true || found.mtimeMs > until) return undefined
  unlinkSync(folder.at(name))
  return found.size
}

/** Opens a folder; undefined if there is none, or a link in its place. */
function folderIn(parent: HeldDirectory, name: string): HeldDirectory | undefined {
  try {
    return parent.openWithin(name)
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined
    throw error
  }
}
