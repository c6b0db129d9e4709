import { followedIndex } from '../layer/documentText.js'
import { childNow, type NewDocuments } from '../layer/edit.js'
import type { ManifestNode } from '../layer/nodeTable.js'
import { type Digest, digestOf } from '../spec/digest.js'
import type { Descriptor } from '../spec/parse.js'
import type { BlobPool } from '../store/blobs.js'
import { changedEntry, type IndexEntry } from '../store/layout/indexFile.js'
import type { Node } from '../store/nodes.js'
import { putDocument } from '../store/putContent.js'

/** Which manifests of an image to change if no platform is chosen: that of this machine or the only one, or each. */
export type Scope = 'one' | 'each'

/** Manifests of an image that are to be changed, and the entries that lead to them. */
export interface ImageToEdit {
  manifests: readonly ManifestNode[]
  /** Everything that the entries reach, children first. */
  nodes: readonly Node[]
  entries: readonly IndexEntry[]
}

/** New documents for one manifest of an image. */
export interface NewManifest {
  config: Buffer
  manifest: Buffer
  /** What the descriptors of the manifest say about its platform, if that changes. */
  platform: Partial<NonNullable<Descriptor['platform']>>
}

/** A manifest of an image, and what takes its place. */
export interface ManifestChange {
  manifest: ManifestNode
  next: NewManifest
}

/** The digests of an image after an edit. */
export interface Edited {
  /** Of what its name stands for: the manifest, or an index above it. */
  digest: string
  manifest: string
  config: string
}

/** The digests of one manifest before and after an edit, and of its new config. */
interface EditedManifest {
  from: string
  manifest: string
  config: string
}

/** An image with new documents, which are in the pool. */
export interface Rewritten {
  /** Its entries, which point at the new content. */
  entries: IndexEntry[]
  /** New documents, leaves first. */
  blobs: Digest[]
  /** If several manifests changed, those of the first. */
  edited: Edited
  /** In the order of the changes. */
  manifests: EditedManifest[]
  /** The new documents, by the digests of those that they replace. */
  documents: NewDocuments
}

/** Puts new documents of manifests into a pool, and with them the indexes above these, which follow. */
export async function rewriteImage(
  { nodes, entries }: Pick<ImageToEdit, 'nodes' | 'entries'>,
  changes: readonly ManifestChange[],
  pool: Pick<BlobPool, 'has' | 'put'>,
): Promise<Rewritten> {
  const work = new Rewriting(pool)
  const manifests: EditedManifest[] = []
  for (const { manifest, next } of changes) {
    const config = await work.put(next.config)
    const { digest: from } = manifest.descriptor
    const now = await work.replace(manifest.descriptor, [manifest.bytes, next.manifest])
    if (now !== undefined) work.platforms.set(now, next.platform)
    manifests.push({ from, manifest: now ?? from, config: config.digest })
  }
  for (const node of nodes) {
    if (node.kind !== 'index') continue
    const followed = followedIndex(node, work.documents, (child) => work.onPlatform(child))
    await work.replace(node.descriptor, [node.bytes, followed])
  }
  const { blobs, documents } = work
  const changed = entries.map((entry) => changedEntry(entry, work.onPlatform(childNow(entry.descriptor, documents))))
  const [first] = manifests
  const digest = changed[0]?.descriptor.digest ?? ''
  const edited = { digest, manifest: first?.manifest ?? '', config: first?.config ?? '' }
  return { entries: changed, blobs, edited, manifests, documents }
}

/** New documents on their way into a pool. */
class Rewriting {
  readonly blobs: Digest[] = []
  /** By the digests of those that they replace. */
  readonly documents = new Map<string, Descriptor>()
  /** Changes to the platforms in descriptors of the new manifests, by digest. */
  readonly platforms = new Map<string, NewManifest['platform']>()
  readonly #pool: Pick<BlobPool, 'has' | 'put'>

  constructor(pool: Pick<BlobPool, 'has' | 'put'>) {
    this.#pool = pool
  }

  async put(bytes: Buffer): Promise<{ digest: Digest; size: number }> {
    const claim = { digest: digestOf(bytes), size: bytes.length }
    await putDocument(this.#pool, bytes, claim)
    this.blobs.push(claim.digest)
    return claim
  }

  /** Returns the digest of the new document; undefined if it is the same as before. */
  async replace(
    { mediaType, digest }: Descriptor,
    [before, now]: readonly [Buffer, Buffer],
  ): Promise<string | undefined> {
    if (now.equals(before)) return undefined
    const claim = await this.put(now)
    this.documents.set(digest, { mediaType, ...claim })
    return claim.digest
  }

  onPlatform(child: Descriptor): Descriptor {
    const change = this.platforms.get(child.digest)
    return change === undefined ? child : onPlatform(child, change)
  }
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
