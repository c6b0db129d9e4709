import type { Archive } from '../archive/archive.js'
import { type StrayBlob, strayBlobs } from '../archive/strayBlobs.js'
import type { BrokenItem, Item } from '../docker/read/item.js'
import { listShort } from '../spec/cut.js'
import { JSONDocument } from '../spec/documents.js'
import { endsWork, ImageError } from '../spec/errors.js'
import type { Descriptor } from '../spec/parse.js'
import type { Warn } from '../spec/warnings.js'
import { blobPath, claimedDigest, INDEX_FILE } from '../store/layout/layoutNames.js'
import type { Listed } from './listed.js'

/** Everything that a layout names. */
interface Contents {
  images: readonly Listed[]
  /** Entries of index.json. */
  entries: readonly Descriptor[]
  /** Items of manifest.json. */
  items: readonly (Item | BrokenItem)[]
}

/** Limits for looking at blobs: the size of each in bytes, and their number, since a layout may have very many. */
const [MOST_BYTES, MOST_LOOKED_AT] = [64 * 1024, 200]

/**
 * Warns of blobs that nothing in a layout names, since they are not copied. Stays silent if an image is broken, because
 * its blobs are not known, and for Docker 25 to 28, because their version 1 files are blobs that nothing names.
 */
export async function warnOfUnreached(archive: Archive, listed: Contents, warn: Warn): Promise<void> {
  const isOfDocker25 = listed.items.some((item) => 'hasSources' in item && item.hasSources)
  if (isOfDocker25 || listed.images.some(isBroken)) return
  const left = strayBlobs(archive, reachedBy(listed))
  if (left.length === 0) return
  const bytes = left.reduce((total, { size }) => total + size, 0)
  const types = new Map<string, number>()
  for (const blob of left.slice(0, MOST_LOOKED_AT)) {
    const type = await manifestTypeOf(blob, archive)
    if (type !== undefined) types.set(type, (types.get(type) ?? 0) + 1)
  }
  const manifests = [...types].map(([type, count]) => `${count} of ${type}`)
  const among = manifests.length === 0 ? '' : `, among them manifests: ${listShort(manifests)}`
  const count = left.length === 1 ? '1 blob' : `${left.length} blobs`
  const message = `not copied: ${count} that nothing names (${bytes} bytes)${among}`
  warn({ code: 'UNREACHED', message, where: INDEX_FILE })
}

/** True of an image whose blobs are not known. */
function isBroken(image: Listed): boolean {
  return image.kind === 'broken' && image.noImage === undefined
}

/** Returns the digests of everything reached. Nodes that images share are walked once. */
function reachedBy({ images, entries, items }: Contents): ReadonlySet<string> {
  const reached = new Set<string>(entries.map(({ digest }) => digest))
  const walks = new Set(images.flatMap((image) => (image.kind === 'index' ? [image.nodes] : [])))
  for (const nodes of walks) for (const { descriptor } of nodes) reached.add(descriptor.digest)
  for (const item of items) {
    reached.add('config' in item ? item.config.digest : (claimedDigest(item.label) ?? ''))
    for (const path of item.layers) reached.add(claimedDigest(path) ?? '')
  }
  return reached
}

/** Returns the type of a blob that is a manifest; undefined if it is not one or cannot be read. */
async function manifestTypeOf({ digest, size }: StrayBlob, archive: Archive): Promise<string | undefined> {
  if (size > MOST_BYTES) return undefined
  try {
    const bytes = await archive.read(blobPath(digest), MOST_BYTES)
    if (bytes === undefined) return undefined
    const { schemaVersion, artifactType, config } = new JSONDocument(digest, bytes).manifest()
    return schemaVersion === 2 ? (artifactType ?? config.mediaType) : undefined
  } catch (error) {
    if (!(error instanceof ImageError) || endsWork(error) || archive.context.budget.isSpent) throw error
    return undefined
  }
}
