import { algorithmOf, type Digest, hexOf, isDigest } from '../../spec/digest.js'

/** Names within an image layout (OCI image-spec, image-layout.md). */
export const LAYOUT_FILE = 'oci-layout'
/** The roots of a layout. */
export const INDEX_FILE = 'index.json'

/** The only version of the layout (OCI image-spec, image-layout.md). */
export const LAYOUT_VERSION = '1.0.0'

/** Content of the file oci-layout, as containerd writes it. */
export const LAYOUT_CONTENT = Buffer.from(`{"imageLayoutVersion":"${LAYOUT_VERSION}"}`)

/** Path of a blob within a layout. */
export function blobPath(digest: Digest): string {
  return `blobs/${algorithmOf(digest)}/${hexOf(digest)}`
}

/** Returns the digest that a path claims; below blobs/ a file is named after its hash. */
export function claimedDigest(path: string): Digest | undefined {
  const [, algorithm, hex] = /(?:^|\/)blobs\/(sha256|sha512)\/([0-9a-f]+)$/.exec(path) ?? []
  const digest = `${algorithm}:${hex}`
  return isDigest(digest) ? digest : undefined
}
