/** How a layer's bytes are compressed in a layout: what OCI has media types for (OCI image-spec, layer.md). */
export type Compression = 'none' | 'gzip' | 'zstd'

/** How bytes that come may be compressed: OCI has no media types for the last two. */
export type Packing = Compression | 'xz' | 'bzip2'

/** What can happen to layer bytes. */
export const LAYER_CHOICES = ['keep', 'uncompressed', 'gzip', 'zstd'] as const

/** What is to happen to layer bytes: `keep` changes none. */
export type LayerChoice = (typeof LAYER_CHOICES)[number]

/** What can make gzip: an encoder of our own, Node's zlib, or the library libdeflate of the system. */
export const GZIP_COMPRESSORS = ['transload', 'zlib', 'libdeflate'] as const

/** What makes gzip. */
export type GzipCompressor = (typeof GZIP_COMPRESSORS)[number]

/** The compression that a choice asks for, of a layer that is compressed so now. What cannot be kept becomes gzip. */
export function chosenCompression(choice: LayerChoice, present: Packing): Compression {
  if (choice === 'keep') return isCompression(present) ? present : 'gzip'
  return choice === 'uncompressed' ? 'none' : choice
}

/** True of what OCI has a media type for. */
export function isCompression(packing: Packing): packing is Compression {
  return packing !== 'xz' && packing !== 'bzip2'
}
