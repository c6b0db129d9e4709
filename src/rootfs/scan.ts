import type { Access } from './access.js'
import type { Calls, Found, Name } from './calls.js'
import type { Directories, Directory } from './directories.js'
import { assertPathLength } from './names.js'

/** An object on the disk. */
export interface Seen {
  /** From the root, as a binary string; `.` for the root. */
  path: string
  /** The directory that it is in; for the root, itself. */
  at: Directory
  /** `.` for the root. */
  name: Name
  found: Found
}

/** An object, or the end of a directory. */
export type Sight = Seen | '..'

/** What a walk needs. */
export interface Tree {
  calls: Calls
  directories: Directories
  access: Access
}

/**
 * Yields everything below a root that is on its file system, from the root down: in each directory first the other objects,
 * then the directories, both in the order of their names' bytes. A directory on which something is mounted is yielded, but
 * not entered. Nothing is opened but directories, and no link is followed.
 * @throws ImageError UNSAFE for a path that is too long for Linux
 */
export function* scan({ calls, directories, access }: Tree): Generator<Sight> {
  const { root } = directories
  const found = calls.lookAt(directories.fileOf(root))
  const { device } = found
  yield { path: '.', at: root, name: '.', found }
  access.enter(root, '.', found)
  const left: (Seen | '..')[] = directoriesOf(yield* objectsIn({ calls, directories }, root, ''))
  left.unshift('..')
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    yield next
    if (next === '..') continue
    left.push('..')
    if (isMounted(next, device)) continue
    access.enter(next.at, next.name, next.found)
    const directory = directories.childOf(next.at, next.name) ?? directories.add(next.at, next.name)
    // Not all at once as arguments: there may be a million.
    for (const within of directoriesOf(yield* objectsIn({ calls, directories }, directory, `${next.path}/`))) {
      left.push(within)
    }
  }
}

/** True for an object in whose place another file system is mounted, or another part of the same one. */
export function isMounted({ path, found }: Seen, device: number): boolean {
  return path !== '.' && (found.isMountPoint || found.device !== device)
}

/** Yields what is in a directory and no directory; returns the directories in it. */
function* objectsIn(
  { calls, directories }: Pick<Tree, 'calls' | 'directories'>,
  at: Directory,
  prefix: string,
): Generator<Seen, Seen[]> {
  const within: Seen[] = []
  for (const name of calls.names(directories.fileOf(at)).sort()) {
    const found = calls.look(directories.fileOf(at), name)
    // Gone since the directory was listed.
    if (found === undefined) continue
    const seen = { path: prefix + name, at, name, found }
    assertPathLength(seen.path)
    directories.effort.allowEntry()
    if (found.kind === 'directory') within.push(seen)
    else yield seen
  }
  return within
}

/** Returns directories in the order of a stack: the first one is last. */
function directoriesOf(seen: Seen[]): Seen[] {
  return seen.reverse()
}
