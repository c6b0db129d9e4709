import type { Context, Options } from '../bytes/context.js'
import type { ImageToEdit, NewManifest, Rewritten, Scope } from '../image/rewriteImage.js'
import type { ManifestNode } from '../layer/nodeTable.js'
import type { Digest } from '../spec/digest.js'
import type { BlobPool, Reader } from '../store/blobs.js'
import type { StatedName } from '../store/names.js'
import type { EditDestination } from './editDestination.js'

/** Which manifests of an image to change, and the names and the place of the changed image. */
interface EditOptions extends Options, EditDestination {
  tag?: string | undefined
  platform?: string | undefined
  statedName?: StatedName | undefined
}

/** The means to make new content. */
export interface EditMeans {
  /** Reads the image. */
  reader: Reader
  /** Takes new content. */
  pool: BlobPool
  context: Context
  signal: AbortSignal | undefined
}

/** New content that is in the pool, and the documents that name it. */
export interface Prepared {
  /** Layers and other content that the new documents name. */
  blobs: readonly Digest[]
  /** Returns the new documents of a manifest. Called again if another program changes the layout meanwhile. */
  next(manifest: ManifestNode): Promise<NewManifest>
}

/** The change that a command makes to an image. */
interface ImageEdit<Content extends Prepared> {
  scope: Scope
  /** Makes new content, such as layers. Nothing is locked meanwhile. */
  prepare(image: ImageToEdit, means: EditMeans): Promise<Content>
}

/** Options and context of an edit. */
export interface EditWork<Content extends Prepared> {
  edit: ImageEdit<Content>
  options: EditOptions
  context: Context
}

/** The result of an edit: digests, and what was prepared for it. */
export interface ImageEdited<Content extends Prepared> extends Pick<Rewritten, 'edited' | 'manifests'> {
  prepared: Content
}
