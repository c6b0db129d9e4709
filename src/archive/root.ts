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
  const folders = new Map<string, Set<string>>()
  for (const path of paths) {
    const parts = path.split('/')
    for (let depth = 0; depth <= Math.min(MOST_DEPTH, parts.length - 1); depth++) {
      const prefix = parts
        .slice(0, depth)
        .map((part) => `${part}/`)
        .join('')
      const names = folders.get(prefix) ?? new Set()
      folders.set(prefix, names.add(kindOf(parts.slice(depth))))
    }
  }
  if (hasTable(folders.get(''))) return ''
  for (let depth = 1; depth <= MOST_DEPTH; depth++) {
    const [only, ...others] = [...folders].filter(([prefix, names]) => depthOf(prefix) === depth && isImages(names))
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

/** Tables by name, and kinds of files that tables speak of. */
function kindOf(parts: readonly string[]): string {
  const [first = '', ...below] = parts
  if (below.length === 0)
    return /\.(tar|tar\.gz|tgz)$|^(sha256:)?[0-9a-f]{64}(\.json)?$/.test(first) ? 'content' : first
  if (first === 'blobs') return 'content'
  return below.length === 1 && (below[0] === 'layer.tar' || below[0] === 'json') ? `*/${below[0]}` : ''
}

/** At the top, a table alone says that this is meant to be an archive of images. */
function hasTable(names: ReadonlySet<string> | undefined): boolean {
  const tables = [MANIFEST_FILE, INDEX_FILE, REPOSITORIES_FILE]
  return names !== undefined && (tables.some((name) => names.has(name)) || isOld(names))
}

/** In a folder, files of these names may be anything: what they speak of has to be there, too. */
function isImages(names: ReadonlySet<string>): boolean {
  const hasContent = names.has('content') || names.has('*/layer.tar')
  if (names.has(INDEX_FILE)) return hasContent || names.has(LAYOUT_FILE)
  return (names.has(MANIFEST_FILE) && hasContent) || isOld(names)
}

/** True of layers from before manifest.json. */
function isOld(names: ReadonlySet<string>): boolean {
  return names.has('*/json') && names.has('*/layer.tar')
}

function depthOf(prefix: string): number {
  return prefix.split('/').length - 1
}
