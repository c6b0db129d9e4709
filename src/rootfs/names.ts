import { ImageError } from '../spec/errors.js'
import type { Name } from './calls.js'

/** Longest name of an object, and longest path, in bytes (limits.h: NAME_MAX, PATH_MAX with its NUL). */
export const MOST_NAME = 255
export const MOST_PATH = 4095

/**
 * Returns the names on a path within a root, cleaned as text: `..` goes back, but never above the root; empty names and
 * `.` are dropped. None for the root itself.
 * @throws ImageError UNSAFE for a path or name that Linux cannot have
 */
export function namesIn(path: string): Name[] {
  assertPathLength(path)
  const names: Name[] = []
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    if (name === '..') names.pop()
    else names.push(checkedName(name, path))
  }
  return names
}

/** @throws ImageError UNSAFE for a path that Linux cannot have */
export function assertPathLength(path: string): void {
  if (path.length > MOST_PATH) throw tooLong('the path', path, MOST_PATH)
}

/**
 * Returns the names in a link's target, which the system follows one by one; `..` counts among them.
 * @throws ImageError UNSAFE
 */
export function stepsIn(target: string): string[] {
  const steps = target.split('/').filter((name) => name !== '' && name !== '.')
  return steps.map((name) => checkedName(name, target))
}

/** Returns binary text as people read it. */
export function shown(binary: string): string {
  return Buffer.from(binary, 'latin1').toString('utf8')
}

function checkedName(name: Name, path: string): Name {
  if (name.length > MOST_NAME) throw tooLong('a name', path, MOST_NAME)
  if (name.includes('\0')) throw new ImageError('UNSAFE', 'a path has a NUL', { where: shown(path) })
  return name
}

function tooLong(what: string, path: string, most: number): ImageError {
  return new ImageError('UNSAFE', `${what} is too long for Linux`, {
    where: shown(path),
    expected: `at most ${most} bytes`,
  })
}
