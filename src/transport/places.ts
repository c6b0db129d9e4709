import { basename, resolve } from 'node:path'
import type { Listing } from '../archive/fileNames.js'
import { ImageError } from '../spec/errors.js'
import { compressionOf, withoutEnding } from './endings.js'
import { foreignPlace, type PlaceRole } from './foreignPlaces.js'

/** The arrangement of a place's content. */
export type Transport = 'docker-archive' | 'oci' | 'oci-archive'

/** A place that has images or shall get them, written as `docker-archive:PATH:REF` or similar. */
export interface Place {
  /** Undefined for a bare path: its content decides, or its ending. */
  transport: Transport | undefined
  path: string
  /** The text after the path: selects an image, or names it. */
  selector?: string
}

/** Returns the file that lists a place's images, if the user's prefix says which. */
export function listingOf({ transport }: Place): Listing {
  if (transport === undefined) return undefined
  return transport === 'docker-archive' ? 'manifest.json' : 'index.json'
}

/**
 * Parses a place in skopeo's notation (containers-transports(5)): after a prefix, the path ends at the first colon; a
 * bare path is never split.
 * @throws ImageError USAGE; for another tool's notation, with the notation to use here
 */
export function parsePlace(text: string, role: PlaceRole = 'source'): Place {
  if (text === '') throw new ImageError('USAGE', 'a place cannot be empty', { hint: 'give a path, or - for a pipe' })
  const [, prefix, rest] = /^(docker-archive|oci-archive|oci):(?!\/\/)(.*)$/s.exec(text) ?? []
  if (prefix === undefined || rest === undefined) {
    const foreign = foreignPlace(text, role)
    if (foreign !== undefined) throw foreign
    return { transport: undefined, path: text }
  }
  const colon = rest.indexOf(':')
  const path = colon < 0 ? rest : rest.slice(0, colon)
  if (path === '') throw new ImageError('USAGE', 'there is no path', { where: text, expected: `${prefix}:PATH[:REF]` })
  const selector = colon < 0 ? {} : { selector: rest.slice(colon + 1) }
  return { transport: prefix as Transport, path, ...selector }
}

/** True for the names of standard output. */
export function isStandardOutput(path: string): boolean {
  return path === '-' || path === '/dev/stdout' || path === '/dev/fd/1' || path === '/proc/self/fd/1'
}

/** Returns the number of the open file descriptor that a path names; undefined if it names none. */
export function descriptorIn(path: string): number | undefined {
  if (path === '/dev/stderr') return 2
  const digits = /^\/(?:dev|proc\/self)\/fd\/(\d{1,9})$/.exec(path)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/**
 * Returns the repository that a path suggests for images with a bare tag: the name of the directory, or of the archive
 * without its ending. Returns undefined for a pipe.
 */
export function stemOf(path: string): string | undefined {
  if (isStandardOutput(path) || descriptorIn(path) !== undefined) return undefined
  return withoutEnding(basename(resolve(path)).toLowerCase())
}

/** True for a destination that is one file: an archive. */
export function isArchivePlace({ transport, path }: Place): boolean {
  if (transport !== undefined) return transport !== 'oci'
  return isStandardOutput(path) || descriptorIn(path) !== undefined || compressionOf(path) !== undefined
}
