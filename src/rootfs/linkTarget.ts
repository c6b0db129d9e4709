import { ImageError } from '../spec/errors.js'
import type { Calls, Name } from './calls.js'
import type { Directories, Directory } from './directories.js'
import { shown } from './names.js'
import type { Walker } from './walker.js'

/** What a hard link leads to: a name in a directory. */
export interface LinkTarget {
  directory: Directory
  name: Name
}

/** The file system in which a target is, and the target as the header has it. */
interface Search {
  walker: Walker
  directories: Directories
  calls: Calls
  target: string
}

/**
 * Returns where the target of a hard link is; a link in the last place is the target itself.
 * @param names the target's names from the root
 * @throws ImageError NOT_FOUND; FORMAT for a directory
 */
export function findTarget(names: readonly Name[], { walker, directories, calls, target }: Search): LinkTarget {
  const name = names.at(-1)
  const directory = name === undefined ? undefined : walker.find(names.slice(0, -1))
  if (directory === undefined || name === undefined) throw noTarget(target)
  const found = calls.look(directories.fileOf(directory), name)
  if (found === undefined) throw noTarget(target)
  if (found.kind !== 'directory') return { directory, name }
  throw new ImageError('FORMAT', 'a hard link to a directory', {
    expected: 'a file before it',
    found: shown(target),
  })
}

/** Returns the failure for a target that is not there. */
export function noTarget(target: string): ImageError {
  return new ImageError('NOT_FOUND', 'the target of a hard link is not there', {
    expected: 'a file that comes before the link',
    found: shown(target),
  })
}
