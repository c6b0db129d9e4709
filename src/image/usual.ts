import { listShort } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import { tagOf } from '../spec/reference.js'
import { USUAL_TAG } from '../store/layout/selectEntries.js'
import { type Listed, labelOf, namesOf } from './listed.js'

/** Returns the only image, or the one tagged `latest`: several only if a flat index has one for each platform. */
export function usualImages(listed: readonly Listed[]): Listed[] {
  const labels = new Set(listed.map(labelOf))
  if (labels.size <= 1) return [...listed]
  const latest = listed.filter((image) => namesOf(image).some((name) => isUsual(name)))
  if (new Set(latest.map(labelOf)).size === 1) return latest
  throw several(listed)
}

function isUsual(name: string): boolean {
  return name === USUAL_TAG || (name.includes(':') && tagOf(name) === USUAL_TAG)
}

/** Returns the failure for a choice of several images. */
export function several(listed: readonly Listed[]): ImageError {
  const labels = [...new Set(listed.map(labelOf))]
  return new ImageError('FORMAT', 'there are several images', { hint: `it may be ${listShort(labels, MOST_LISTED)}` })
}

/** Maximum number of names in a hint. */
const MOST_LISTED = 20
