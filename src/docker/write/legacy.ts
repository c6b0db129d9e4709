import { MANIFEST_FILE, REPOSITORIES_FILE } from '../../archive/fileNames.js'
import { type DiffID, hexOf } from '../../spec/digest.js'
import { byBytes } from '../../spec/json/canonical.js'
import { inMemory, type TarSource } from '../../tar/write.js'
import { type ClassicImage, foreignSources, line, repositoriesOf, repoTagsOf } from './classic.js'
import { layerOf, type PlainLayers, type WrittenLayer } from './plainLayers.js'

/** Traits of a docker-legacy archive that depend on the daemon that wrote it, and not on the image. */
export interface LegacyHeaders {
  /** Owner's name in tar headers: `root` in Debian's and Fedora's builds of Docker, empty in Docker's own. */
  uname: string
  /** True if modes include the bits of the file type, as Docker up to 23 wrote them. */
  typeBits: boolean
}

/**
 * Returns the entries of an archive as Docker 1.10 to 24 write it (moby, image/tarexport/save.go): a directory for each
 * layer, and a symlink to the first for a layer that occurs again. Where Docker leaves the time of writing, this uses
 * the image's.
 */
export function legacyEntries(
  images: readonly ClassicImage[],
  layers: PlainLayers,
  { uname, typeBits }: LegacyHeaders,
): TarSource[] {
  const files = new Map<string, TarSource>()
  const firsts = new Map<DiffID, string>()
  const add = (entry: TarSource) => {
    if (!files.has(entry.path)) files.set(entry.path, entry)
  }
  for (const image of images) {
    for (const { diffID, v1 } of image.layers) {
      const first = firsts.get(diffID) ?? v1.id
      firsts.set(diffID, first)
      for (const entry of layerEntries(v1, { mtime: image.mtime, first, layer: layerOf(layers, diffID) })) add(entry)
    }
    add(file(`${hexOf(image.id)}.json`, image.config, image.mtime))
  }
  const tables = [file(MANIFEST_FILE, line(manifestOf(images)), 0)]
  const repositories = repositoriesOf(images, (image) => image.layers.at(-1)?.v1.id ?? '')
  if (repositories !== undefined) tables.push(file(REPOSITORIES_FILE, repositories, 0))
  const sorted = [...files.values()].sort((a, b) => byBytes(a.path, b.path))
  return [...sorted, ...tables].map((entry) => withHeaders(entry, { uname, typeBits }))
}

interface LayerPlace {
  mtime: number
  /** The id whose directory holds the layer's bytes: its own, or the id of the first occurrence. */
  first: string
  layer: WrittenLayer
}

function layerEntries(
  { id, json }: ClassicImage['layers'][number]['v1'],
  { mtime, first, layer }: LayerPlace,
): TarSource[] {
  const path = `${id}/layer.tar`
  return [
    { path: `${id}/`, type: 'directory', mode: 0o755, mtime, size: 0 },
    file(`${id}/VERSION`, VERSION, mtime),
    file(`${id}/json`, json, mtime),
    first === id
      ? { path, type: 'file', mode: 0o644, mtime, ...layer }
      : { path, type: 'symlink', mode: 0o777, mtime, size: 0, linkTarget: `../${first}/layer.tar` },
  ]
}

/** Version of the layer format; there was only one. */
const VERSION = Buffer.from('1.0')

function manifestOf(images: readonly ClassicImage[]) {
  return images.map((image) => {
    const sources = foreignSources(image)
    return {
      Config: `${hexOf(image.id)}.json`,
      RepoTags: repoTagsOf(image),
      Layers: image.layers.map(({ v1 }) => `${v1.id}/layer.tar`),
      ...(sources === undefined ? {} : { LayerSources: sources }),
    }
  })
}

function file(path: string, bytes: Buffer, mtime: number): TarSource {
  return { path, type: 'file', mode: 0o644, mtime, ...inMemory(bytes) }
}

const TYPE_BITS = { file: 0o100000, directory: 0o040000, symlink: 0o120000 }

function withHeaders(entry: TarSource, { uname, typeBits }: LegacyHeaders): TarSource {
  return { ...entry, owner: uname, mode: entry.mode | (typeBits ? TYPE_BITS[entry.type] : 0) }
}
