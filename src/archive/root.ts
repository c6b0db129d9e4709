import { listShort } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import { INDEX_FILE, LAYOUT_FILE } from '../store/layoutFiles.js'
import { MANIFEST_FILE, REPOSITORIES_FILE } from './tables.js'

/** How many folders deep images are looked for: archives for other purposes carry theirs in a folder or two. */
const MOST_DEPTH = 2

/**
 * The folder of an archive that its images are in, as a prefix of paths: empty for the top, where they normally are.
 * Undefined if there are none.
 * @throws ImageError FORMAT if several folders have images
 */
export function rootOf(paths: Iterable<string>, where: string): string | undefined {
  const folders = foldersOf(paths)
  if (hasTable(folders.get('') ?? 0)) return ''
  for (let depth = 1; depth <= MOST_DEPTH; depth++) {
    const [only, ...others] = [...folders].filter(([prefix, kinds]) => depthOf(prefix) === depth && isImages(kinds))
    if (only === undefined) continue
    if (others.length === 0) return only[0]
    throw new ImageError('FORMAT', 'images in several folders', {
      where,
      found: listShort([only, ...others].map(([prefix]) => prefix.slice(0, -1))),
      hint: 'unpack it, and convert each folder',
    })
  }
  return undefined
}

/** What folders have that matters, by their prefix. */
function foldersOf(paths: Iterable<string>): Map<string, number> {
  const folders = new Map<string, number>()
  for (const path of paths) {
    // Positions, not parts: there may be many and long ones, of which only the first say something.
    let start = 0
    for (let depth = 0; depth <= MOST_DEPTH; depth++) {
      const kind = kindOf(path.slice(start))
      const prefix = path.slice(0, start)
      if (kind !== 0) folders.set(prefix, (folders.get(prefix) ?? 0) | kind)
      const slash = path.indexOf('/', start)
      if (slash < 0) break
      start = slash + 1
    }
  }
  return folders
}

/** What a folder may have, as bits: tables, and kinds of files that tables speak of. */
const HAS = { manifest: 1, index: 2, repositories: 4, layout: 8, content: 16, v1Layer: 32, v1JSON: 64 } as const

const TABLES: ReadonlyMap<string, number> = new Map([
  [MANIFEST_FILE, HAS.manifest],
  [INDEX_FILE, HAS.index],
  [REPOSITORIES_FILE, HAS.repositories],
  [LAYOUT_FILE, HAS.layout],
])

/** What a file of a folder says of it, by its path in it. */
function kindOf(path: string): number {
  const slash = path.indexOf('/')
  if (slash < 0) return TABLES.get(path) ?? (CONTENT.test(path) ? HAS.content : 0)
  if (path.startsWith('blobs/')) return HAS.content
  if (path.endsWith('/layer.tar') && path.length - '/layer.tar'.length === slash) return HAS.v1Layer
  return path.endsWith('/json') && path.length - '/json'.length === slash ? HAS.v1JSON : 0
}

const CONTENT = /\.(tar|tar\.gz|tgz)$|^(sha256:)?[0-9a-f]{64}(\.json)?$/

function has(kinds: number, ...wanted: number[]): boolean {
  return wanted.every((kind) => (kinds & kind) !== 0)
}

/** At the top, a table alone says that this is meant to be an archive of images. */
function hasTable(kinds: number): boolean {
  return (kinds & (HAS.manifest | HAS.index | HAS.repositories)) !== 0 || isOld(kinds)
}

/** In a folder, files of these names may be anything: what they speak of has to be there, too. */
function isImages(kinds: number): boolean {
  const hasContent = (kinds & (HAS.content | HAS.v1Layer)) !== 0
  if (has(kinds, HAS.index)) return hasContent || has(kinds, HAS.layout)
  return (has(kinds, HAS.manifest) && hasContent) || isOld(kinds)
}

/** True of layers from before manifest.json. */
function isOld(kinds: number): boolean {
  return has(kinds, HAS.v1JSON, HAS.v1Layer)
}

function depthOf(prefix: string): number {
  return prefix.split('/').length - 1
}
