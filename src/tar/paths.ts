import { ImageError } from '../spec/errors.js'

/**
 * The parts of a path in an archive, cleaned as readers do: no empty ones, no `.`, `..` taken back; a leading slash
 * means nothing. Undefined for a path that leads out of the archive.
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

/** The path of these parts, undefined where they are; the very same text if there is nothing to clean. */
export function cleanPath(path: string): string | undefined {
  return UNCLEAN.test(path) ? pathParts(path)?.join('/') : path
}

/** A part that is empty, `.` or `..`. */
const UNCLEAN = /(?:^|\/)\.{0,2}(?:\/|$)/

/** As long as a path can be on Linux. */
const MOST_LENGTH = 4096

/** As many parts as a path may have that is followed: none of an image's has more than ten. */
const MOST_PARTS = 256

/**
 * Parts of a path that is yet to be followed: `..` stays, since it leaves where links led, not where the text was.
 * @throws ImageError UNSAFE for what is no path, or longer than any
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

/** @throws ImageError UNSAFE for a path that is longer than any */
export function assertLength(path: string): void {
  if (path.length > MOST_LENGTH) throw new ImageError('UNSAFE', `a path has more than ${MOST_LENGTH} characters`)
}
