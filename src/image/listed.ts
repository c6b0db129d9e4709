import type { Item } from '../docker/read/item.js'
import type { V1Image } from '../docker/read/v1Stored.js'
import { invariant } from '../spec/errors.js'
import type { Descriptor } from '../spec/parse.js'
import { familiarName } from '../spec/reference.js'
import { nameOf } from '../store/names.js'
import type { Node, Root } from '../store/nodes.js'

/** An image as a source lists it. */
export type Listed = Selected | BrokenImage | V1Listed

/** A listed image that can be read. It has an index entry for each of its names, or an item of manifest.json. */
export type Selected = IndexedImage | ItemImage

/** An image that the source's index.json has. */
export interface IndexedImage {
  kind: 'index'
  /** They all have the same content. */
  entries: Descriptor[]
  /** Nodes that the entries reach; images of the same content share them. */
  nodes: readonly Node[]
  /** Items of manifest.json for the same image with other files, which have to be checked. */
  unchecked: Item[]
}

/** An image that only manifest.json has. */
export interface ItemImage {
  kind: 'item'
  item: Item
  /** Digests of manifests that it gets, as far as known: the archive has none. */
  manifestDigests: string[]
}

/**
 * An image of an archive from before Docker 1.10. Its config follows from its layers, so these have to be read first.
 */
interface V1Listed {
  kind: 'v1'
  image: V1Image
}

/** A listed image that cannot be read: an error only if it is wanted. */
interface BrokenImage {
  kind: 'broken'
  /** As {@link namesOf} gives them. */
  names: string[]
  /** Its label if it has no name. */
  label: string
  failure: unknown
  /** Set if the failure is that it is not an image: the reason. It is then left out from among images. */
  noImage?: string
}

/**
 * Returns the images if all of them can be read.
 * @throws the failure of the first broken one
 */
export function readable(images: readonly Listed[]): Selected[] {
  return images.map((image) => {
    if (image.kind === 'broken') throw image.failure
    invariant(image.kind !== 'v1', 'images of version 1 have got their configs')
    return image
  })
}

/** True if `convert` can take the image, provided that its names are its own. */
export function isReadable(image: Listed): image is Selected {
  return image.kind === 'index' || image.kind === 'item'
}

/** Returns the full names of an image; bare tags and illegal names of index entries as they are. */
export function namesOf(image: Listed): string[] {
  if (image.kind === 'item') return image.item.names
  if (image.kind === 'broken') return image.names
  if (image.kind === 'v1') return image.image.names
  return image.entries.flatMap((entry) => nameOf(entry, undefined) ?? [])
}

/** Returns the label of an image in messages. */
export function labelOf(image: Listed): string {
  const [name] = namesOf(image)
  if (name !== undefined) return familiarName(name)
  if (image.kind === 'broken') return image.label
  if (image.kind === 'v1') return image.image.layers.at(-1)?.id ?? ''
  return image.kind === 'item' ? image.item.config.digest : (image.entries[0]?.digest ?? '')
}

/** Returns the image with entries that point at one manifest of its index. Names and other annotations stay. */
export function pointed(image: IndexedImage, child: Root): IndexedImage {
  const entries = image.entries.map(({ annotations }) => ({
    ...child,
    ...(annotations == null ? {} : { annotations }),
  }))
  return { ...image, entries }
}
