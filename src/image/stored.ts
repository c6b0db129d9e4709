import type { Descriptor } from '../spec/parse.js'
import { named } from '../store/names.js'
import type { ItemImage } from './listed.js'

/** An image that is in the sink but not yet in its index. */
export interface Stored {
  /** For messages. */
  label: string
  /** Its index entries, one for each name, or one without a name. */
  entries: Descriptor[]
  /** Digest of its manifest or index in the source; null if it had none. */
  from: string | null
  /** True if it refers to another image. It then keeps its own name, whatever new name the image gets. */
  isReferrer: boolean
  /** True if it was not selected itself but goes with another image. */
  cameAlong: boolean
}

/** A future index entry, and its digest in the source. */
export interface NamedEntry {
  entry: Descriptor
  from: string | null
}

/** Returns the index entries of an image that only manifest.json has. */
export function itemEntries({ item: { names } }: ItemImage, root: Descriptor): Descriptor[] {
  const manifest = { mediaType: root.mediaType, digest: root.digest, size: root.size }
  return names.length === 0 ? [manifest] : names.map((name) => named(manifest, name))
}
