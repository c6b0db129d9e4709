import { existsSync, statSync } from 'node:fs'
import { ImageError } from '../spec/errors.js'
import { otherEnding } from './endings.js'
import { type Place, parsePlace } from './places.js'

/**
 * Parses the source that the user wrote.
 * @throws ImageError USAGE; NOT_FOUND for a missing path that would exist with a prefix
 */
export function readSource(text: string): Place {
  const place = parsePlace(text, 'source')
  assertOneReading(text, place)
  if (place.transport === undefined) assertNotSplit(place.path)
  return place
}

/**
 * Parses the destination that the user wrote.
 * @throws ImageError USAGE, also for the ending of an archive that cannot be written
 */
export function readDestination(text: string): Place {
  const place = parsePlace(text, 'destination')
  assertOneReading(text, place)
  assertEnding(place)
  return place
}

/** Refuses a prefixed path if nothing exists at its first colon, but something exists at a later one. */
function assertOneReading(where: string, place: Place): void {
  if (place.transport !== undefined) assertSplit(where, place)
}

/**
 * Refuses a path that was split at its first colon if nothing exists there, but something exists at a later one.
 * @throws ImageError USAGE
 */
export function assertSplit(
  where: string,
  { transport, path, selector }: { transport: Place['transport']; path: string; selector?: string | undefined },
): void {
  if (selector === undefined || existsSync(path)) return
  const whole = `${path}:${selector}`
  const found = endsOf(whole, path.length).find((end) => existsSync(whole.slice(0, end)))
  if (found === undefined) return
  const there = whole.slice(0, found)
  const meant = there + whole.slice(found).replace(/:.*$/s, '')
  throw new ImageError('USAGE', `ambiguous: the path ends at the first colon, as ${path}, but ${there} exists`, {
    where,
    hint:
      transport === undefined
        ? `rename ${there}: a path ends at its first colon`
        : `a path without a prefix is never split at a colon: write ${meant}`,
  })
}

/** Returns the possible ends of a path whose last name has colons: each later colon, and the name's own end. */
function endsOf(whole: string, colon: number): number[] {
  const slash = whole.indexOf('/', colon)
  const name = slash < 0 ? whole : whole.slice(0, slash)
  const ends = [...name.matchAll(/:/g)].map(({ index }) => index).filter((at) => at > colon)
  return [...ends, name.length]
}

/** Refuses a bare `app:v1` if that does not exist, but `app` does. */
function assertNotSplit(where: string): void {
  const colon = where.indexOf(':')
  if (colon < 1 || existsSync(where)) return
  const found = statSync(where.slice(0, colon), { throwIfNoEntry: false })
  if (found === undefined) return
  throw new ImageError('NOT_FOUND', 'no such file or directory', {
    where,
    hint: `write ${found.isDirectory() ? 'oci' : 'docker-archive'}:${where} for an image in ${where.slice(0, colon)}`,
  })
}

/** Refuses a name whose ending states a kind of archive that is not written. */
function assertEnding({ transport, path }: Place): void {
  const ending = otherEnding(path)
  if (ending === undefined || transport === 'oci') return
  const isOCI = ending.toLowerCase() === 'oci'
  if (isOCI && transport !== undefined) return
  const tar = `${transport === undefined ? '' : `${transport}:`}${path.slice(0, -ending.length)}tar`
  const archives = isOCI ? `oci-archive:${path} for an archive` : `${tar}, ${tar}.gz or ${tar}.zst for an archive`
  throw new ImageError('USAGE', `an archive cannot be written as .${ending}`, {
    where: path,
    hint: `write ${archives}${transport === undefined ? `, oci:${path} for a directory` : ''}`,
  })
}
