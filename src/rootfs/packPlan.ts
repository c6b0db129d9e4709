import { ImageError } from '../spec/errors.js'
import type { Name } from './calls.js'
import type { Change } from './changes.js'
import type { Directory } from './directories.js'
import { assertPathLength, namesIn, shown } from './names.js'
import { assertNoWhiteout, type Planned } from './packer.js'
import type { Tree } from './scan.js'
import { WHITEOUT_PREFIX } from './whiteout.js'

const OPAQUE = '.wh..wh..opq'

/** Returns the entry of a layer for a change. @throws ImageError UNSAFE for a name that a layer cannot have */
export function plannedChange(change: Change): Planned {
  if (change.kind === 'removed') return whiteoutOf(change.path)
  assertNoWhiteout(change.path)
  const { at, name } = change.seen
  return { kind: 'object', path: change.path, at, name }
}

/** Returns the entry that removes a path. @throws ImageError UNSAFE for a name that a layer cannot have */
export function whiteoutOf(path: string): Planned {
  assertNoWhiteout(path)
  const at = path.lastIndexOf('/') + 1
  return { kind: 'whiteout', path: `${path.slice(0, at)}${WHITEOUT_PREFIX}${path.slice(at)}` }
}

/** What to put into a layer, and where. */
export interface Insertion {
  /** Name in the root; `.` for the root itself. */
  name: Name
  /** Path in the image, a binary string; empty for its root. */
  target: string
  /** True to hide what the target had before. */
  isOpaque: boolean
}

/**
 * Yields the entries for an object and all that is in it: each directory before what is in it, in the order of the names'
 * bytes. Links are not followed.
 * @throws ImageError NOT_FOUND, UNSAFE, UNSUPPORTED for a socket
 */
export function* insertionPlan(tree: Tree, { name, target, isOpaque }: Insertion): Generator<Planned> {
  const { root } = tree.directories
  const found = tree.calls.look(tree.directories.fileOf(root), name)
  if (found === undefined) throw new ImageError('NOT_FOUND', 'no such file or directory', { where: shown(name) })
  if (found.kind === 'socket') throw new ImageError('UNSUPPORTED', 'no layer can hold a socket', { where: shown(name) })
  if (found.kind !== 'directory' && target === '') {
    throw new ImageError('UNSAFE', 'only a directory can take the place of an image’s root', {
      where: shown(name),
      found: found.kind,
      hint: 'name the path that it is to have in the image',
    })
  }
  if (found.kind === 'directory' && isOpaque) yield { kind: 'whiteout', path: below(target, OPAQUE) }
  yield* objectsFrom(tree, { path: target, at: root, name })
}

type Place = Pick<Planned & { kind: 'object' }, 'path' | 'at' | 'name'>

function* objectsFrom(tree: Tree, start: Place): Generator<Planned> {
  const { calls, directories, access } = tree
  const left = [start]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { path, at, name } = next
    assertNoWhiteout(path)
    assertPathLength(path)
    directories.effort.allowEntry()
    const found = calls.look(directories.fileOf(at), name)
    if (found === undefined) continue
    yield { kind: 'object', path, at, name }
    if (found.kind !== 'directory') continue
    access.enter(at, name, found)
    const directory = directoryOf(tree, at, name)
    const names = calls.names(directories.fileOf(directory)).sort().reverse()
    // Not all at once as arguments: there may be a million.
    for (const child of names) left.push({ path: below(path, child), at: directory, name: child })
  }
}

function directoryOf({ directories }: Tree, at: Directory, name: Name): Directory {
  return name === '.' ? at : (directories.childOf(at, name) ?? directories.add(at, name))
}

function below(path: string, name: Name): string {
  return path === '' ? name : `${path}/${name}`
}

/**
 * Returns the path in an image that a user named, cleaned as text: empty for the root.
 * @throws ImageError UNSAFE for one that a layer cannot have
 */
export function targetOf(text: string): string {
  const path = namesIn(Buffer.from(text).toString('latin1')).join('/')
  assertNoWhiteout(path)
  return path
}
