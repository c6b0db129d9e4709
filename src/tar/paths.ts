import { ImageError } from '../spec/errors.js'

/**
 * Returns the parts of an archive's path, cleaned as readers do: without empty parts and `.`, with `..` resolved and a
 * leading slash ignored. Undefined for a path out of the archive.
 */
export function pathParts(path: string): string[] | undefined {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts
}

/** Returns the cleaned path; undefined for a path out of the archive. A clean path is returned as it is. */
export function cleanPath(path: string): string | undefined {
  return UNCLEAN.test(path) ? pathParts(path)?.join('/') : path
}

/** A part that is empty, `.` or `..`. */
const UNCLEAN = /(?:^|\/)\.{0,2}(?:\/|$)/

/** Maximum length of a path on Linux. */
const MOST_LENGTH = 4096

/** Maximum number of parts of a path to follow; an image's paths have at most ten. */
const MOST_PARTS = 256

/**
 * Returns the parts of a path to follow. `..` stays, since it starts from a link's target, not from the text before it.
 * @throws ImageError UNSAFE for an invalid or too long path
 */
export function partsOf(path: string, where: string): string[] {
  if (path.includes('\0')) throw new ImageError('UNSAFE', 'a path has a NUL', { where })
  assertLength(path)
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.length <= MOST_PARTS) return parts
  throw new ImageError('UNSAFE', 'a path has too many parts', {
    expected: `at most ${MOST_PARTS}`,
    found: parts.length,
  })
}

/** @throws ImageError UNSAFE for too long a path */
export function assertLength(path: string): void {
  if (path.length > MOST_LENGTH) throw new ImageError('UNSAFE', `a path has more than ${MOST_LENGTH} characters`)
}
