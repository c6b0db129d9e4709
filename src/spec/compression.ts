/** Compression of a layer in a layout: those with an OCI media type (OCI image-spec, layer.md). */
export type Compression = 'none' | 'gzip' | 'zstd'

/** Compression of incoming bytes. OCI has no media types for the last two. */
export type Packing = Compression | 'xz' | 'bzip2'

/** Choices for layer bytes. */
export const LAYER_CHOICES = ['keep', 'uncompressed', 'gzip', 'zstd'] as const

/** A choice for layer bytes: `keep` changes none. */
export type LayerChoice = (typeof LAYER_CHOICES)[number]

/** Encoders for gzip: our own, Node's zlib, or the system's library libdeflate. */
export const GZIP_COMPRESSORS = ['transload', 'zlib', 'libdeflate'] as const

/** An encoder for gzip. */
export type GzipCompressor = (typeof GZIP_COMPRESSORS)[number]

/** Returns the compression that a choice asks for, given the present one. Compressions that cannot stay become gzip. */
export function chosenCompression(choice: LayerChoice, present: Packing): Compression {
  if (choice === 'keep') return isCompression(present) ? present : 'gzip'
  return choice === 'uncompressed' ? 'none' : choice
}

/** True if OCI has a media type for it. */
export function isCompression(packing: Packing): packing is Compression {
  return packing !== 'xz' && packing !== 'bzip2'
}
