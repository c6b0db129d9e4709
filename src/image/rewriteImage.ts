import { followedIndex } from '../layer/documentText.js'
import { childNow, type NewDocuments } from '../layer/edit.js'
import { type Digest, digestOf } from '../spec/digest.js'
import type { Descriptor } from '../spec/parse.js'
import { type BlobPool, putDocument } from '../store/blobs.js'
import { changedEntry, type IndexEntry } from '../store/layout/indexFile.js'
import type { LayoutImage } from './layoutImage.js'

/** New documents for one manifest of an image. */
export interface NewManifest {
  config: Buffer
  manifest: Buffer
  /** What the descriptors of the manifest say about its platform, if that changes. */
  platform: Partial<NonNullable<Descriptor['platform']>>
}

/** The digests of an image after an edit. */
export interface Edited {
  /** Of what its name stands for: the manifest, or an index above it. */
  digest: string
  manifest: string
  config: string
}

/** An image with new documents, which are in the pool. */
export interface Rewritten {
  /** Its entries, which point at the new content. */
  entries: IndexEntry[]
  /** New documents, leaves first. */
  blobs: Digest[]
  edited: Edited
  /** The new documents, by the digests of those that they replace. */
  documents: NewDocuments
}

/** Puts new documents of a manifest into a pool, and with them the indexes above it, which follow. */
export async function rewriteImage(
  { image, manifest, entries }: LayoutImage,
  next: NewManifest,
  pool: Pick<BlobPool, 'has' | 'put'>,
): Promise<Rewritten> {
  const blobs: Digest[] = []
  const documents = new Map<string, Descriptor>()
  const put = async (bytes: Buffer) => {
    const claim = { digest: digestOf(bytes), size: bytes.length }
    await putDocument(pool, bytes, claim)
    blobs.push(claim.digest)
    return claim
  }
  const replace = async ({ mediaType, digest }: Descriptor, [before, now]: readonly [Buffer, Buffer]) => {
    if (!now.equals(before)) documents.set(digest, { mediaType, ...(await put(now)) })
  }
  const config = await put(next.config)
  await replace(manifest.descriptor, [manifest.bytes, next.manifest])
  const adjust = (child: Descriptor) => onPlatform(child, next.platform)
  const adjustOne = (child: Descriptor) =>
    child.digest === documents.get(manifest.descriptor.digest)?.digest ? adjust(child) : child
  for (const node of image.nodes) {
    if (node.kind !== 'index') continue
    await replace(node.descriptor, [node.bytes, followedIndex(node, documents, adjustOne)])
  }
  const changed = entries.map((entry) => changedEntry(entry, adjustOne(childNow(entry.descriptor, documents))))
  const edited = {
    digest: changed[0]?.descriptor.digest ?? '',
    manifest: documents.get(manifest.descriptor.digest)?.digest ?? manifest.descriptor.digest,
    config: config.digest,
  }
  return { entries: changed, blobs, edited, documents }
}

/** Returns the descriptor on another platform, if it states one. */
function onPlatform(descriptor: Descriptor, change: NewManifest['platform']): Descriptor {
  if (descriptor.platform === undefined) return descriptor
  const stated = Object.entries({ ...descriptor.platform, ...change }).filter(([key, value]) => {
    return key !== 'variant' || value !== ''
  })
  // Safe: a platform has os and architecture, and these are not left out.
  return { ...descriptor, platform: Object.fromEntries(stated) as NonNullable<Descriptor['platform']> }
}
