import type { Listing } from '../archive/fileNames.js'
import { carriable, storeLayers } from '../docker/read/carriable.js'
import { checkLayers } from '../docker/read/checkLayers.js'
import type { Warn } from '../spec/warnings.js'
import type { BlobSource } from '../store/blobs.js'
import { warnOfFalseAttestations } from './attestations.js'
import { imagesOnly } from './imagesOnly.js'
import { listImages, selectedBy, withConfigs } from './list.js'
import { type IndexedImage, type ItemImage, type Listed, readable } from './listed.js'
import { namesAnImage, subjectOf, warnOfReferrers } from './referrers.js'
import { select } from './select.js'
import { assertNamesDiffer } from './sharedNames.js'
import type { Source } from './source.js'
import { itemEntries, type NamedEntry } from './stored.js'
import { several, usualImages } from './usual.js'

/** One image of a source, ready to be carried as that of a layout is. */
export interface OneImage {
  /** One for each of its names; of a flat index those of all platforms. */
  entries: readonly NamedEntry[]
  blobs: BlobSource
  /** Checks and stores what the source has of the image besides the blobs. */
  settle(): Promise<void>
}

/** Which image. */
interface WhichOne {
  /** Selectors; without them it is the only image, or the one tagged `latest`. */
  images: readonly string[]
  listing: Listing
  /** Told of referrers, which are not part of it. */
  warn: Warn
}

/**
 * Finds one image of any kind in a source, as an OCI layout has it.
 * @throws ImageError NOT_FOUND; FORMAT if there are several; the failure of a broken image
 */
export async function oneImage(source: Source, { images, listing, warn }: WhichOne): Promise<OneImage> {
  const { layers } = source
  const { context } = layers
  const listed = await withConfigs(await listImages(source, listing), layers)
  const isNamed = images.length > 0
  const found = isNamed ? select(listed, images, selectedBy(listing)) : listed
  const asked = imagesOnly(found, { isNamed, warn: context.warn })
  const wanted = readable(isNamed ? asked : usualImages(withoutReferrers(asked)))
  warnOfFalseAttestations(wanted, context.warn)
  await assertNamesDiffer(wanted.filter(namesAnImage), source.blobs)
  warnOfReferrers(wanted, listed, warn)
  const items = wanted.filter((image) => image.kind === 'item')
  const [item, ...others] = items
  if (item === undefined)
    return ofIndex(
      wanted.filter((image) => image.kind === 'index'),
      source,
    )
  if (others.length > 0 || items.length < wanted.length) throw several(wanted)
  return ofItem(item, source)
}

/** Returns what is not about something else; everything if all is. */
function withoutReferrers(listed: readonly Listed[]): readonly Listed[] {
  const own = listed.filter((image) => subjectOf(image) === undefined)
  return own.length > 0 ? own : listed
}

function ofIndex(images: readonly IndexedImage[], { blobs, layers }: Source): OneImage {
  const entries = images.flatMap((image) => image.entries.map((entry) => ({ entry, from: entry.digest })))
  return {
    entries,
    blobs,
    settle: () =>
      checkLayers(
        images.flatMap(({ unchecked }) => unchecked),
        layers,
      ),
  }
}

async function ofItem(image: ItemImage, { layers }: Source): Promise<OneImage> {
  const { roots, blobs, besides } = await carriable([image.item], layers)
  const entries = roots.flatMap((root) => itemEntries(image, root))
  return { entries: entries.map((entry) => ({ entry, from: null })), blobs, settle: () => storeLayers(besides, layers) }
}
