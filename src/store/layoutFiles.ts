import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { algorithmOf, type Digest, hexOf, isDigest } from '../spec/digest.js'
import { isSystemError } from '../spec/errors.js'
import { OCI_INDEX } from '../spec/mediaTypes.js'
import { type Index, parseIndex } from '../spec/parse.js'

/** Names within an image layout (OCI image-spec, image-layout.md). */
export const LAYOUT_FILE = 'oci-layout'
/** The roots of a layout. */
export const INDEX_FILE = 'index.json'

/** The version of the layout that there is (OCI image-spec, image-layout.md). */
export const LAYOUT_VERSION = '1.0.0'

/** Content of the file oci-layout, as containerd writes it. */
export const LAYOUT_CONTENT = Buffer.from(`{"imageLayoutVersion":"${LAYOUT_VERSION}"}`)

/** Path of a blob within a layout. */
export function blobPath(digest: Digest): string {
  return `blobs/${algorithmOf(digest)}/${hexOf(digest)}`
}

/** The digest that a path claims: below blobs/ a file is named after its hash. */
export function claimedDigest(path: string): Digest | undefined {
  const [, algorithm, hex] = /(?:^|\/)blobs\/(sha256|sha512)\/([0-9a-f]+)$/.exec(path) ?? []
  const digest = `${algorithm}:${hex}`
  return isDigest(digest) ? digest : undefined
}

/** The index of a layout directory; that of a new one if it has none yet. */
export async function readIndex(root: string): Promise<Index> {
  const path = join(root, INDEX_FILE)
  try {
    return parseIndex(await readFile(path), path)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }
    throw error
  }
}
