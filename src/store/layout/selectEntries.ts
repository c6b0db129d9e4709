import { listShort } from '../../spec/cut.js'
import { ImageError } from '../../spec/errors.js'
import { groupBy } from '../../spec/groupBy.js'
import { familiarName } from '../../spec/reference.js'
import { legalName, nameOf, REF_NAME } from '../names.js'
import type { IndexEntry } from './indexFile.js'

/** The tag of an image for which none is given, if a layout has several. */
export const USUAL_TAG = 'latest'

/** Maximum number of names in a hint. */
const MOST_LISTED = 20

/**
 * Returns the entries of one image: several if it is listed twice, or once for each platform. A selector is a tag, a
 * full name, a digest, or `@N`. Without one it is the only image, or else the one tagged `latest`.
 * @throws ImageError NOT_FOUND; FORMAT with the names if several images fit
 */
export function selectEntries(entries: readonly IndexEntry[], selector: string | undefined): IndexEntry[] {
  const found = selector === undefined ? usual(entries) : entriesNamed(entries, selector)
  const [first, ...others] = byImage(found)
  if (first === undefined) throw notFound(entries, selector)
  if (others.length > 0) throw ambiguous(found, selector)
  return first
}

/** Returns all entries that a selector fits. */
export function entriesNamed(entries: readonly IndexEntry[], selector: string): IndexEntry[] {
  const tagged = entries.filter(({ descriptor }) => descriptor.annotations?.[REF_NAME] === selector)
  if (tagged.length > 0) return tagged
  const position = /^@(\d{1,9})$/.exec(selector)?.[1]
  if (position !== undefined) return entries.slice(Number(position), Number(position) + 1)
  const full = legalName(selector)
  const named = entries.filter(({ descriptor }) => {
    const name = nameOf(descriptor, undefined)
    return name !== undefined && (name === full || name === selector)
  })
  if (named.length > 0) return named
  return entries.filter(({ descriptor: { digest } }) => digest === selector || digest === `sha256:${selector}`)
}

function usual(entries: readonly IndexEntry[]): IndexEntry[] {
  if (byImage(entries).length <= 1) return [...entries]
  const tagged = entriesNamed(entries, USUAL_TAG)
  return tagged.length > 0 ? tagged : [...entries]
}

/** Returns the entries of each image: those of one name, or without a name of one digest. */
function byImage(entries: readonly IndexEntry[]): IndexEntry[][] {
  return [...groupBy(entries, labelOfEntry).values()]
}

/** Returns the name of an entry in messages. */
export function labelOfEntry({ descriptor }: IndexEntry): string {
  return familiarName(nameOf(descriptor, undefined) ?? descriptor.digest)
}

function notFound(entries: readonly IndexEntry[], selector: string | undefined): ImageError {
  if (entries.length === 0) return new ImageError('NOT_FOUND', 'there is no image in the layout')
  return new ImageError('NOT_FOUND', 'no such image', {
    where: selector ?? USUAL_TAG,
    hint: `there is ${listShort(entries.map(labelOfEntry), MOST_LISTED)}`,
  })
}

function ambiguous(found: readonly IndexEntry[], selector: string | undefined): ImageError {
  const names = [...new Set(found.map(labelOfEntry))]
  const problem = selector === undefined ? 'there are several images' : 'more than one image matches'
  return new ImageError('FORMAT', problem, {
    ...(selector === undefined ? {} : { where: selector }),
    hint: `it may be ${listShort(names, MOST_LISTED)}`,
  })
}
