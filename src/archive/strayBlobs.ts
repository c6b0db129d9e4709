import type { Digest } from '../spec/digest.js'
import { blobPath, claimedDigest } from '../store/layout/layoutNames.js'
import type { Archive } from './archive.js'

/** A blob of a layout, as its path and its entry state it. */
export interface StrayBlob {
  digest: Digest
  size: number
}

/** Returns the layout's blobs whose digests are not among the known ones, except for links out of the directory. */
export function strayBlobs(archive: Archive, known: ReadonlySet<string>): StrayBlob[] {
  const stray: StrayBlob[] = []
  for (const path of archive.paths()) {
    const digest = claimedDigest(path)
    if (digest === undefined || known.has(digest) || path !== blobPath(digest)) continue
    const member = archive.entry(path)
    if (member?.type === 'file' && !archive.linked.has(member)) stray.push({ digest, size: member.size })
  }
  return stray
}
