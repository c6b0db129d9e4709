import { MANIFEST_FILE, REPOSITORIES_FILE } from '../../archive/fileNames.js'
import { type Digest, digestOf, hexOf } from '../../spec/digest.js'
import { byBytes, canonicalJSON } from '../../spec/json/canonical.js'
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, ociLayerType } from '../../spec/mediaTypes.js'
import type { Descriptor, Index, Manifest } from '../../spec/parse.js'
import { blobPath, INDEX_FILE, LAYOUT_FILE, LAYOUT_VERSION } from '../../store/layout/layoutNames.js'
import { named } from '../../store/names.js'
import { inMemory, type TarSource } from '../../tar/write.js'
import { type ClassicImage, foreignSources, line, repositoriesOf, repoTagsOf, sorted } from './classic.js'
import { layerOf, type PlainLayers } from './plainLayers.js'

/**
 * Returns the entries of an archive as Docker 25 to 28 write it from the classic store (moby, image/tarexport/save.go):
 * layers uncompressed, a manifest for each image, and the v1 layers' JSON, which nothing refers to.
 * `blobs/sha256/` has the time 0, where Docker leaves the time of writing.
 */
export function docker25Entries(images: readonly ClassicImage[], layers: PlainLayers): TarSource[] {
  const blobs = new Map<string, TarSource>()
  const add = (digest: Digest, entry: Omit<TarSource, 'path' | 'type' | 'mode'>) => {
    const path = blobPath(digest)
    if (!blobs.has(path)) blobs.set(path, { path, type: 'file', mode: 0o644, ...entry })
  }
  for (const image of images) {
    const { mtime } = image
    for (const { diffID, v1 } of image.layers) {
      add(digestOf(v1.json), { mtime, ...inMemory(v1.json) })
      add(diffID, { mtime, ...layerOf(layers, diffID) })
    }
    add(image.id, { mtime, ...inMemory(image.config) })
    const manifest = canonicalJSON(classicManifest(image, layers))
    add(digestOf(manifest), { mtime: 0, ...inMemory(manifest) })
  }
  const repositories = repositoriesOf(images, ({ layers: own }) => hexOf(own.at(-1)?.diffID ?? ''))
  return [
    { path: 'blobs/', type: 'directory', mode: 0o755, mtime: images.at(-1)?.mtime ?? 0, size: 0 },
    { path: 'blobs/sha256/', type: 'directory', mode: 0o755, mtime: 0, size: 0 },
    ...[...blobs.values()].sort((a, b) => byBytes(a.path, b.path)),
    table(INDEX_FILE, canonicalJSON(classicIndex(images, layers))),
    table(MANIFEST_FILE, line(images.map((image) => itemOf(image, layers)))),
    table(LAYOUT_FILE, LAYOUT_CONTENT),
    ...(repositories === undefined ? [] : [table(REPOSITORIES_FILE, repositories)]),
  ]
}

function classicIndex(images: readonly ClassicImage[], layers: PlainLayers): Index {
  return { schemaVersion: 2, mediaType: OCI_INDEX, manifests: images.flatMap((image) => indexEntriesOf(image, layers)) }
}

/** Returns the manifest that Docker gives an image of the classic store: one of uncompressed layers. */
export function classicManifest({ id, config, layers: own }: ClassicImage, layers: PlainLayers): Manifest {
  return {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: id, size: config.length },
    layers: own.map(({ diffID }) => {
      return { mediaType: ociLayerType('none'), digest: diffID, size: layerOf(layers, diffID).size }
    }),
  }
}

/** Returns the index entries of an image: one for each name, or a single one without a name. */
export function indexEntriesOf(image: ClassicImage, layers: PlainLayers): Descriptor[] {
  const manifest = canonicalJSON(classicManifest(image, layers))
  const descriptor = { mediaType: OCI_MANIFEST, digest: digestOf(manifest), size: manifest.length }
  return image.names.length === 0 ? [descriptor] : image.names.map((name) => named(descriptor, name))
}

function itemOf(image: ClassicImage, layers: PlainLayers) {
  const own = classicManifest(image, layers).layers.map(({ mediaType, size, digest }) => ({ mediaType, size, digest }))
  return {
    Config: blobPath(image.id),
    RepoTags: repoTagsOf(image),
    Layers: image.layers.map(({ diffID }) => blobPath(diffID)),
    LayerSources: {
      ...Object.fromEntries(sorted(own.map((source) => [source.digest, source]))),
      ...foreignSources(image),
    },
  }
}

/** With a space after the colon, as Docker writes it. */
const LAYOUT_CONTENT = Buffer.from(`{"imageLayoutVersion": "${LAYOUT_VERSION}"}`)

function table(path: string, bytes: Buffer): TarSource {
  return { path, type: 'file', mode: 0o644, mtime: 0, ...inMemory(bytes) }
}
