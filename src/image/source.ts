import type { Archive } from '../archive/archive.js'
import { archiveBlobs } from '../archive/archiveBlobs.js'
import type { LayerStore } from '../archive/layerStore.js'
import type { BlobSource } from '../store/blobs.js'

/** An open source of images: an archive or a layout, seen as an OCI layout. */
export interface Source {
  /** Its files, which list the images. */
  archive: Archive
  /** Its blobs, by digest. */
  blobs: BlobSource
  /** Its layers, by file. */
  layers: LayerStore
}

/** Returns the source that has these layers. */
export function sourceWith(layers: LayerStore): Source {
  return { archive: layers.archive, blobs: archiveBlobs(layers.archive), layers }
}
