import { posix } from 'node:path'
import { quoted } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'

/** Leads to files that a runtime has open, or to its own directories. */
const OF_PROCESS = /^\/(?:proc\/(?:self|thread-self|\d+)|dev\/fd)(?:\/|$)/

/**
 * Returns the directory that a container starts in, as an absolute path without steps upwards.
 * @throws ImageError UNSAFE if it leads out through a process's files
 */
export function workingDirectory(path: string): string {
  const clean = absolute(path, 'WorkingDir')
  if (!OF_PROCESS.test(placeOf(clean))) return clean
  throw new ImageError('UNSAFE', 'the working directory of the image would be one of the runtime’s own', {
    where: 'WorkingDir of the image config',
    found: quoted(path),
  })
}

/** Directories that a container cannot do without. */
const NEEDED: ReadonlySet<string> = new Set(['/', '/proc', '/sys', '/dev'])

/**
 * Returns the path of a volume, absolute and without steps upwards.
 * @throws ImageError UNSAFE if it would hide a directory that every container needs
 */
export function volumePath(path: string): string {
  const clean = absolute(path, 'Volumes')
  if (!NEEDED.has(placeOf(clean))) return clean
  throw new ImageError('UNSAFE', 'a volume of the image would hide a directory that every container needs', {
    where: 'Volumes of the image config',
    found: quoted(path),
  })
}

/** True if a path is that of a directory, or below it. */
export function isWithin(path: string, directory: string): boolean {
  const [inner, outer] = [placeOf(path), placeOf(directory)]
  return inner === outer || outer === '/' || inner.startsWith(`${outer}/`)
}

/** Returns the shortest way to write an absolute path; a relative one is from the root. */
export function placeOf(path: string): string {
  return posix.resolve('/', path)
}

/** Returns a path unchanged if it is absolute and has no steps upwards. */
function absolute(path: string, field: string): string {
  if (path.includes('\0')) {
    throw new ImageError('FORMAT', 'a path has NUL in it', {
      where: `${field} of the image config`,
      found: quoted(path),
    })
  }
  const isClean = path.startsWith('/') && !path.split('/').includes('..')
  return isClean ? path : placeOf(path)
}
