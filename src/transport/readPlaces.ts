import { existsSync, statSync } from 'node:fs'
import { ImageError } from '../spec/errors.js'
import { otherEnding } from './endings.js'
import { type Place, parsePlace } from './places.js'

/**
 * The place of a source, as the user wrote it.
 * @throws ImageError USAGE; NOT_FOUND where a prefix would make a path of it that is there
 */
export function readSource(text: string): Place {
  const place = parsePlace(text, 'source')
  assertOneReading(text, place)
  if (place.transport === undefined) assertNotSplit(place.path)
  return place
}

/**
 * The place of a destination, as the user wrote it.
 * @throws ImageError USAGE, also for the ending of an archive that cannot be written
 */
export function readDestination(text: string): Place {
  const place = parsePlace(text, 'destination')
  assertOneReading(text, place)
  assertEnding(place)
  return place
}

/** Refuses a prefixed path that ends at its first colon, where nothing is, while there is something at a later one. */
function assertOneReading(where: string, { transport, path, selector }: Place): void {
  if (transport === undefined || selector === undefined || existsSync(path)) return
  const whole = `${path}:${selector}`
  const found = endsOf(whole, path.length).find((end) => existsSync(whole.slice(0, end)))
  if (found === undefined) return
  const there = whole.slice(0, found)
  const meant = there + whole.slice(found).replace(/:.*$/s, '')
  throw new ImageError('USAGE', `ambiguous: the path ends at the first colon, as ${path}, but ${there} is there`, {
    where,
    hint: `a path without a prefix is never split at a colon: write ${meant}`,
  })
}

/** Where a path may end within the name that the first colon cuts: at each later colon, and at the name's own end. */
function endsOf(whole: string, colon: number): number[] {
  const slash = whole.indexOf('/', colon)
  const name = slash < 0 ? whole : whole.slice(0, slash)
  const ends = [...name.matchAll(/:/g)].map(({ index }) => index).filter((at) => at > colon)
  return [...ends, name.length]
}

/** Refuses a bare `app:v1` that is not there while `app` is. */
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

/** Refuses a name that says another kind of archive than is written. */
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
