/** How a layer's bytes are compressed in a layout: what OCI has media types for (OCI image-spec, layer.md). */
export type Compression = 'none' | 'gzip' | 'zstd'

/** What can happen to layer bytes. */
export const LAYER_CHOICES = ['keep', 'uncompressed', 'gzip', 'zstd'] as const

/** What is to happen to layer bytes: `keep` changes none. */
export type LayerChoice = (typeof LAYER_CHOICES)[number]

/** The compression that a choice asks for, of a layer that is compressed so now. */
export function chosenCompression(choice: LayerChoice, present: Compression): Compression {
  if (choice === 'keep') return present
  return choice === 'uncompressed' ? 'none' : choice
}
