import { gzipSync } from 'node:zlib'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { DOCKER_MANIFEST, dockerLayerType } from '../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../src/spec/parse.js'
import { NAME, newLayout } from '../fixtures/archives.js'
import {
  addBlob,
  addImage,
  addIndex,
  type Image,
  type Layout,
  layoutEntries,
  nameAnnotations,
} from '../fixtures/image.js'
import { type EntrySpec, tar } from '../fixtures/tar.js'
import { APP, LAYER, TWO, table } from './variant.js'

/** Adds an entry for an image to the index. */
export function add(layout: Layout, image: Descriptor, name = NAME): Layout {
  layout.manifests.push({ ...image, annotations: nameAnnotations(name) })
  return layout
}

/** A layout with one image under its name. */
export function layoutOf(image: Image, compression: 'none' | 'gzip' = 'gzip'): Layout {
  const layout = newLayout()
  return add(layout, addImage(layout, image, compression))
}

/** A layout whose only entry has these annotations. */
export function layoutWith(annotations: Record<string, string>): Layout {
  const layout = newLayout()
  const entry = addImage(layout, TWO)
  layout.manifests.push(Object.keys(annotations).length === 0 ? entry : { ...entry, annotations })
  return layout
}

/** A layout whose entry is an index of one image. */
export function nested(): { layout: Layout; manifest: Descriptor } {
  const layout = newLayout()
  const manifest = { ...addImage(layout, TWO), platform: { architecture: 'amd64', os: 'linux' } }
  return { layout: add(layout, addIndex(layout, [manifest])), manifest }
}

/** Media types. */
interface Types {
  manifest: string
  config: string
  layer: string
}

/** Those of Docker. */
export const DOCKER_TYPES: Types = {
  manifest: DOCKER_MANIFEST,
  config: 'application/vnd.docker.container.image.v1+json',
  layer: dockerLayerType('gzip'),
}

/** An image with a gzip layer that is said to be of these media types. */
export function layoutOfTypes(types: Types): Layout {
  const layout = newLayout()
  const document = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: addBlob(layout, APP.config, types.config),
    layers: [addBlob(layout, gzipSync(LAYER), types.layer)],
  }
  return add(layout, addBlob(layout, canonicalJSON(document), types.manifest))
}

const DIRECTORIES: readonly EntrySpec[] = ['blobs/', 'blobs/sha256/'].map((name) => ({ name, type: '5' }))

/** A layout in a tar. */
export function packed(layout: Layout): Buffer {
  return tar([...DIRECTORIES, ...layoutEntries(layout)])
}

/** A layout in a tar with manifest.json. */
export function hybrid(layout: Layout, manifest?: Descriptor): Buffer {
  return tar(hybridEntries(layout, manifest))
}

/** The same, entry by entry. manifest.json is of the image whose manifest is given, or else of the first one. */
export function hybridEntries(layout: Layout, manifest = layout.manifests[0]): EntrySpec[] {
  const { config, layers } = JSON.parse(`${layout.blobs.get(manifest?.digest ?? '')}`) as Record<string, unknown> & {
    config: Descriptor
    layers: Descriptor[]
  }
  const path = ({ digest }: Descriptor) => `blobs/${digest.replace(':', '/')}`
  const item = { Config: path(config), RepoTags: ['app:v1'], Layers: layers.map(path) }
  return [...DIRECTORIES, ...layoutEntries(layout), table(item)]
}

/** The entries without one of them. */
export function without(entries: readonly EntrySpec[], name: string): EntrySpec[] {
  return entries.filter((entry) => entry.name !== name)
}

/** The entries with other content in one of them. */
export function replaced(entries: readonly EntrySpec[], name: string, content: string | Uint8Array): EntrySpec[] {
  return entries.map((entry) => (entry.name === name ? { ...entry, content } : entry))
}
