import type { Warn } from '../spec/warnings.js'
import { type Listed, labelOf } from './listed.js'

/**
 * Returns the images without items of manifest.json that are not images, and warns of those. They stay if the user
 * named them, or if there is nothing else: their failure is then the result.
 */
export function imagesOnly(listed: readonly Listed[], { isNamed, warn }: { isNamed: boolean; warn: Warn }): Listed[] {
  const images = listed.filter((one) => whyNoImage(one) === undefined)
  if (isNamed || images.length === 0) return [...listed]
  for (const one of listed) {
    const message = whyNoImage(one)
    if (message !== undefined) warn({ code: 'NO_IMAGE', message: `${message}; it is left out`, where: labelOf(one) })
  }
  return images
}

function whyNoImage(one: Listed): string | undefined {
  return one.kind === 'broken' ? one.noImage : undefined
}
