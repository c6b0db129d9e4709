import { existsSync, lstatSync } from 'node:fs'
import { ImageError } from '../spec/errors.js'
import { type Place, parsePlace } from './places.js'
import { assertSplit } from './readPlaces.js'

/**
 * One image, written as `oci:DIR[:REF]`, `docker-archive:PATH[:REF]`, `oci-archive:PATH[:REF]`, or `PATH[:REF]`: the path
 * ends at the first colon.
 */
export type ImagePlace = string

/** Where one image is. */
export interface ParsedImagePlace {
  /** Undefined for a path without a prefix. */
  transport: Place['transport']
  path: string
  /** Selects the image; undefined for the only one, or the usual one. */
  selector: string | undefined
}

/** @throws ImageError USAGE; for another tool's notation, with the notation to use here */
export function parseImagePlace(text: ImagePlace): ParsedImagePlace {
  const place = split(text)
  if (place.path === '') throw new ImageError('USAGE', 'there is no path', { where: text, expected: 'PATH[:REF]' })
  if (place.selector === '') throw new ImageError('USAGE', 'the selector of an image is empty', { where: text })
  assertSplit(text, place)
  return place
}

function split(text: string): ParsedImagePlace {
  if (/^(?:docker-archive|oci-archive|oci):/.test(text)) return { selector: undefined, ...parsePlace(text) }
  const colon = text.indexOf(':')
  const path = colon < 0 ? text : text.slice(0, colon)
  // Other tools' prefixes are refused, unless this is a path that exists.
  if (!existsSync(path)) parsePlace(text)
  return { transport: undefined, path, selector: colon < 0 ? undefined : text.slice(colon + 1) }
}

/**
 * Parses a place whose image is to be changed.
 * @param otherwise what else can be done with an image elsewhere
 * @throws ImageError USAGE; UNSUPPORTED for an archive
 */
export function parseLayoutPlace(text: ImagePlace, otherwise?: string): ParsedImagePlace {
  const place = parseImagePlace(text)
  const found = lstatSync(place.path, { throwIfNoEntry: false })
  const isFile = found?.isFile() === true || (found === undefined && place.path === '-')
  if (!isFile && (place.transport === undefined || place.transport === 'oci')) return place
  const convert = `transload convert ${place.path} oci:DIR makes one`
  throw new ImageError('UNSUPPORTED', 'only images in a layout directory can be changed', {
    where: text,
    hint: otherwise === undefined || place.transport === 'oci' ? convert : `${otherwise}; ${convert}`,
  })
}
