import type { Item } from '../docker/read/item.js'
import { lookingAtLayers } from '../docker/read/lookingAtLayers.js'
import { presentItems } from '../docker/read/present.js'
import { presentedBlobs } from '../docker/read/presentedBlobs.js'
import { itemOfV1 } from '../docker/read/v1Images.js'
import { invariant } from '../spec/errors.js'
import type { Descriptor } from '../spec/parse.js'
import type { BlobSource } from '../store/blobs.js'
import type { Listed } from './listed.js'
import type { Source } from './source.js'

/** An image as an OCI layout has it: everything that the root reaches is among the blobs. */
export interface OpenedImage {
  /** The descriptor of its manifest, or of its index. */
  root: Descriptor
  blobs: BlobSource
}

/**
 * Opens a listed image of any kind for reading. An image of a docker archive gets the manifest that `convert` gives it
 * with its layers kept, but layers compressed with xz or bzip2 are presented uncompressed, as OCI has no media type for
 * those. Plain layers are not read for this: their digest is the one that the config states. The caller has to check it
 * when the bytes pass. Layers that are compressed, or of an archive of version 1, are read and checked here.
 * @throws ImageError the failure of a broken image; INTEGRITY, NOT_FOUND, FORMAT
 */
export async function openImage(image: Listed, source: Source): Promise<OpenedImage> {
  if (image.kind === 'broken') throw image.failure
  if (image.kind === 'v1') return openItem(await itemOfV1(image.image, source.layers), source)
  if (image.kind === 'item') return openItem(image.item, source)
  const [root] = image.entries
  invariant(root !== undefined, 'an image of the index has an entry')
  return { root, blobs: source.blobs }
}

async function openItem(item: Item, { archive, layers }: Source): Promise<OpenedImage> {
  const images = await presentItems([item], lookingAtLayers(layers))
  const [image] = images
  invariant(image !== undefined, 'every item is presented')
  const { blobs } = await presentedBlobs(images, { archive, listed: new Set() })
  return { root: image.root, blobs }
}
