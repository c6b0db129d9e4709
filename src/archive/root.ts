import { listShort } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import { INDEX_FILE, LAYOUT_FILE } from '../store/layout/layoutNames.js'
import { MANIFEST_FILE, REPOSITORIES_FILE } from './fileNames.js'
import { isRootFileSystem } from './rootFileSystem.js'

/** Maximum depth at which folders win over deeper ones: archives with such folders are meant to carry images. */
const SHALLOW = 2

/**
 * Returns the folder of an archive's images as a prefix of paths: normally empty, for the top. Undefined if there are
 * no images, or if they lie deep within a root file system, as somebody's data.
 * @throws ImageError FORMAT if several folders have images
 */
export function rootFolder(paths: () => Iterable<string>, where: string): string | undefined {
  const folders = foldersOf(paths())
  if (hasTable(folders.get('') ?? 0)) return ''
  const found = [...folders].flatMap(([prefix, kinds]) => (isImages(kinds) ? [{ prefix, depth: depthOf(prefix) }] : []))
  const least = found.reduce((depth, one) => Math.min(depth, one.depth), Number.POSITIVE_INFINITY)
  if (least > SHALLOW && isRootFileSystem(paths())) return undefined
  const [only, ...others] = least > SHALLOW ? found : found.filter(({ depth }) => depth === least)
  if (only === undefined || others.length === 0) return only?.prefix
  throw new ImageError('FORMAT', 'images in several folders', {
    where,
    found: listShort([only, ...others].map(({ prefix }) => prefix.slice(0, -1))),
    hint: 'unpack it, and convert each folder',
  })
}

/** Returns the traces of images in folders, by prefix. A path adds at most three. */
function foldersOf(paths: Iterable<string>): Map<string, number> {
  const folders = new Map<string, number>()
  const add = (prefix: string, kind: number) => folders.set(prefix, (folders.get(prefix) ?? 0) | kind)
  for (const path of paths) {
    const start = path.lastIndexOf('/') + 1
    const name = path.slice(start)
    const kind = TABLES.get(name) ?? (CONTENT.test(name) ? HAS.content : 0)
    if (kind !== 0) add(path.slice(0, start), kind)
    const ofLayer = OF_LAYERS.get(name)
    if (ofLayer !== undefined && start > 0) add(path.slice(0, path.lastIndexOf('/', start - 2) + 1), ofLayer)
    const blobs = path.lastIndexOf('/blobs/') + 1
    if (blobs > 0 || path.startsWith('blobs/')) add(path.slice(0, blobs), HAS.content)
  }
  return folders
}

/** Traces of images in a folder, as bits: tables, and kinds of files that tables name. */
const HAS = { manifest: 1, index: 2, repositories: 4, layout: 8, content: 16, v1Layer: 32, v1JSON: 64 } as const

const TABLES: ReadonlyMap<string, number> = new Map([
  [MANIFEST_FILE, HAS.manifest],
  [INDEX_FILE, HAS.index],
  [REPOSITORIES_FILE, HAS.repositories],
  [LAYOUT_FILE, HAS.layout],
])

/** Files in a layer's directory, in archives from before manifest.json. */
const OF_LAYERS: ReadonlyMap<string, number> = new Map([
  ['layer.tar', HAS.v1Layer],
  ['json', HAS.v1JSON],
])

const CONTENT = /\.(tar|tar\.gz|tgz)$|^(sha256:)?[0-9a-f]{64}(\.json)?$/

function has(kinds: number, ...wanted: number[]): boolean {
  return wanted.every((kind) => (kinds & kind) !== 0)
}

/** True if there is a table. At the top it is enough to mark an archive of images. */
function hasTable(kinds: number): boolean {
  return (kinds & (HAS.manifest | HAS.index | HAS.repositories)) !== 0 || isOld(kinds)
}

/** True if there is a table and content that it names. In a folder, a file with a table's name may be anything. */
function isImages(kinds: number): boolean {
  const hasContent = (kinds & (HAS.content | HAS.v1Layer)) !== 0
  if (has(kinds, HAS.index)) return hasContent || has(kinds, HAS.layout)
  return (has(kinds, HAS.manifest) && hasContent) || isOld(kinds)
}

/** True for layers from before manifest.json. */
function isOld(kinds: number): boolean {
  return has(kinds, HAS.v1JSON, HAS.v1Layer)
}

function depthOf(prefix: string): number {
  return prefix.split('/').length - 1
}
