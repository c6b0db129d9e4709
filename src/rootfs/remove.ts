import { ImageError, isSystemError } from '../spec/errors.js'
import type { Calls, Found, Name } from './calls.js'

/** A directory on the way down: its names that are left, and what it is, to know it again on the way up. */
interface Level {
  name: Name
  names: Name[]
  found: Found
}

/**
 * Removes a directory and all below it, or any other object. Follows no link, and needs only two descriptors however deep
 * the tree is.
 * @throws ImageError UNSAFE if another process moves directories of the tree meanwhile
 */
export function removeTree(calls: Calls, at: number, name: Name): void {
  if (removeOther(calls, at, name)) return
  let current = calls.openDirectory(at, name)
  try {
    const levels: Level[] = [levelOf(calls, current, name)]
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const next = level.names.pop()
      if (next === undefined) {
        levels.pop()
        const above = levels.at(-1)
        const file = above === undefined ? undefined : parentOf(calls, current, above)
        if (file === undefined) break
        calls.close(current)
        current = file
        calls.removeDirectory(current, level.name)
      } else if (!removeOther(calls, current, next)) {
        const file = calls.openDirectory(current, next)
        calls.close(current)
        current = file
        levels.push(levelOf(calls, current, next))
      }
    }
  } finally {
    calls.close(current)
  }
  calls.removeDirectory(at, name)
}

/** Removes what is no directory; returns false for one. */
function removeOther(calls: Calls, at: number, name: Name): boolean {
  try {
    calls.remove(at, name)
    return true
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return true
    if (isSystemError(error, 'EISDIR')) return false
    if (isSystemError(error, 'EPERM') && calls.look(at, name)?.kind === 'directory') return false
    throw error
  }
}

function levelOf(calls: Calls, directory: number, name: Name): Level {
  return { name, names: namesOf(calls, directory), found: calls.lookAt(directory) }
}

/** Returns the names in a directory; one that even its owner may not read or change is opened up. */
function namesOf(calls: Calls, directory: number): Name[] {
  if ((calls.lookAt(directory).mode & 0o700) !== 0o700) calls.changeModeOf(directory, 0o700)
  return calls.names(directory)
}

function parentOf(calls: Calls, directory: number, { found }: Level): number {
  const file = calls.openParent(directory)
  const { device, inode } = calls.lookAt(file)
  if (device === found.device && inode === found.inode) return file
  calls.close(file)
  throw new ImageError('UNSAFE', 'another process moved a directory meanwhile')
}
