/** How a layer's bytes are compressed in a layout: what OCI has media types for (OCI image-spec, layer.md). */
export type Compression = 'none' | 'gzip' | 'zstd'

/** What is to happen to layer bytes: `keep` changes none. */
export type LayerChoice = 'keep' | 'uncompressed' | 'gzip' | 'zstd'

/** The compression that a choice asks for, of a layer that is compressed so now. */
export function chosenCompression(choice: LayerChoice, present: Compression): Compression {
  if (choice === 'keep') return present
  return choice === 'uncompressed' ? 'none' : choice
}
