import { basename, resolve } from 'node:path'
import type { Listing } from '../archive/fileNames.js'
import { ImageError } from '../spec/errors.js'
import { compressionOf, withoutEnding } from './endings.js'
import { foreignPlace, type PlaceRole } from './foreignPlaces.js'

/** How a place's content is arranged. */
export type Transport = 'docker-archive' | 'oci' | 'oci-archive'

/** A place where images are or shall be, as `docker-archive:PATH:REF` and its kind say it. */
export interface Place {
  /** Undefined for a bare path: its content tells, or its ending. */
  transport: Transport | undefined
  path: string
  /** What follows the path: which image, or under which name. */
  selector?: string
}

/** Returns where a place lists its images, if the user said it. */
export function listingOf({ transport }: Place): Listing {
  if (transport === undefined) return undefined
  return transport === 'docker-archive' ? 'manifest.json' : 'index.json'
}

/**
 * Reads a place as skopeo writes it (containers-transports(5)): after a prefix the path ends at the first colon; a
 * bare path is never split.
 * @throws ImageError USAGE, also for what other tools write, with what to write here
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

/** True of the names of standard output. */
export function isStandardOutput(path: string): boolean {
  return path === '-' || path === '/dev/stdout' || path === '/dev/fd/1' || path === '/proc/self/fd/1'
}

/** The descriptor that a path names, of what this process was given open. */
export function descriptorIn(path: string): number | undefined {
  if (path === '/dev/stderr') return 2
  const digits = /^\/(?:dev|proc\/self)\/fd\/(\d{1,9})$/.exec(path)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/**
 * What a path says of the repository of images that have a tag alone: the name of the directory, or of the archive
 * without its ending. Undefined for a pipe.
 */
export function stemOf(path: string): string | undefined {
  if (isStandardOutput(path) || descriptorIn(path) !== undefined) return undefined
  return withoutEnding(basename(resolve(path)).toLowerCase())
}

/** True of a destination that is one file: an archive. */
export function isArchivePlace({ transport, path }: Place): boolean {
  if (transport !== undefined) return transport !== 'oci'
  return isStandardOutput(path) || descriptorIn(path) !== undefined || compressionOf(path) !== undefined
}
