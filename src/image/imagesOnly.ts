import type { Warn } from '../spec/warnings.js'
import { type Listed, labelOf } from './listed.js'

/**
 * The offers without items of manifest.json that are no images, which are told of. They stay where they were asked for,
 * and where there is nothing else: their failure is the answer then.
 */
export function imagesOnly(offers: readonly Listed[], { isNamed, warn }: { isNamed: boolean; warn: Warn }): Listed[] {
  const images = offers.filter((offer) => whyNoImage(offer) === undefined)
  if (isNamed || images.length === 0) return [...offers]
  for (const offer of offers) {
    const message = whyNoImage(offer)
    if (message !== undefined) warn({ code: 'NO_IMAGE', message: `${message}; it is left out`, where: labelOf(offer) })
  }
  return images
}

function whyNoImage(offer: Listed): string | undefined {
  return offer.kind === 'broken' ? offer.noImage : undefined
}
