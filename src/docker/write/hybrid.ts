import { MANIFEST_FILE } from '../../archive/fileNames.js'
import type { Pool } from '../../archive/output/pool.js'
import { parseDigest } from '../../spec/digest.js'
import { byBytes, canonicalJSON } from '../../spec/json/canonical.js'
import { isForeignLayer } from '../../spec/mediaTypes.js'
import type { DockerManifest, Index } from '../../spec/parse.js'
import { familiarName } from '../../spec/reference.js'
import { blobPath, INDEX_FILE, LAYOUT_CONTENT, LAYOUT_FILE } from '../../store/layout/layoutNames.js'
import type { Root } from '../../store/nodes.js'
import type { GraphWalks } from '../../store/walks.js'
import { inMemory, type TarSource } from '../../tar/write.js'
import type { Exportable } from './exportable.js'

/**
 * Returns the entries of an image layout in a tar; with images, also of a docker archive, as containerd and Docker's
 * containerd store write it (containerd, core/images/archive/exporter.go). Blobs are written as they are, each once.
 */
export async function hybridEntries(
  index: Index,
  { pool, walks }: { pool: Pool; walks: GraphWalks },
  images: readonly Exportable[] | undefined,
): Promise<TarSource[]> {
  const blobs = await presentBlobs(index, { pool, walks })
  const directories = new Set(['blobs/', ...blobs.map(({ digest }) => blobPath(digest).replace(/[^/]*$/, ''))])
  const entries = [
    ...[...directories].map(directory),
    ...blobs.map((blob) => blobEntry(blob, pool)),
    fileEntry(INDEX_FILE, canonicalJSON(index), 0o644),
    fileEntry(LAYOUT_FILE, LAYOUT_CONTENT, 0o444),
    ...(images === undefined ? [] : [fileEntry(MANIFEST_FILE, canonicalJSON(manifestOf(images)), 0o644)]),
  ]
  return entries.sort((a, b) => byBytes(a.path, b.path))
}

/**
 * Returns the blobs that the index reaches and the pool has. Images that a sparse index lists may be absent, and so may
 * foreign layers.
 */
async function presentBlobs(index: Index, { pool, walks }: { pool: Pool; walks: GraphWalks }): Promise<Root[]> {
  const present: Root[] = []
  for (const blob of await walks.presentBelow(index.manifests ?? [])) {
    if (!isForeignLayer(blob.mediaType) || (await pool.has(blob))) present.push(blob)
  }
  return present
}

function manifestOf(images: readonly Exportable[]): DockerManifest {
  return images.map(({ names, manifest, config }) => ({
    Config: blobPath(config.descriptor.digest),
    RepoTags: names.length === 0 ? null : names.map(familiarName),
    Layers: manifest.layers.length === 0 ? null : manifest.layers.map(({ digest }) => blobPath(parseDigest(digest))),
  }))
}

function directory(path: string): TarSource {
  return { path, type: 'directory', mode: 0o755, mtime: 0, size: 0 }
}

function blobEntry({ digest, size }: Root, pool: Pool): TarSource {
  const content = () => pool.content({ digest, size })
  return { path: blobPath(digest), type: 'file', mode: 0o444, mtime: 0, size, content }
}

function fileEntry(path: string, bytes: Buffer, mode: number): TarSource {
  return { path, type: 'file', mode, mtime: 0, ...inMemory(bytes) }
}
