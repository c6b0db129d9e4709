import type { Archive } from '../archive/archive.js'
import { concealing } from '../archive/linkedBlobs.js'
import type { Context } from '../bytes/context.js'
import { manifestsToEdit } from '../image/layoutImage.js'
import type { BaseDocuments } from '../image/rebase.js'
import type { NamedEntry } from '../image/stored.js'
import { listShort } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import { differInVersion, type PlatformName, printNormalised, printPlatform } from '../spec/platform.js'
import type { BlobPool, BlobSource } from '../store/blobs.js'
import { newEntry } from '../store/layout/indexFile.js'
import { legalName, nameOf } from '../store/names.js'
import { type ImagePlace, parseImagePlace } from '../transport/imagePlace.js'
import { type OpenedSource, openSource } from '../transport/openSource.js'
import { platformOfManifest } from './editedPlatforms.js'
import { layeredConfig } from './newLayer.js'
import { readOneImage } from './readOneImage.js'
import { withoutCopying } from './withoutCopying.js'

/** A base image that is open, for all of its platforms. */
export interface BaseImage {
  /** As the user wrote it. */
  place: ImagePlace
  platforms: readonly BasePlatform[]
  /** The first of each platform, by its usual notation. */
  byPlatform: ReadonlyMap<string | undefined, BasePlatform>
  archive: Archive
  blobs: BlobSource
  /** Checks and stores what the source has of it besides the blobs. */
  settle(): Promise<void>
}

/** A base image for one platform. */
interface BasePlatform extends BaseDocuments {
  platform: PlatformName
}

/** Opens the place of a base image. */
export function openBase(place: ImagePlace, signal: AbortSignal | undefined): Promise<OpenedSource> {
  const { selector, ...source } = parseImagePlace(place)
  return openSource(source, { name: place, images: selector === undefined ? [] : [selector], signal })
}

interface Reading {
  place: ImagePlace
  /** Takes what can be read only once. */
  sink: BlobPool
  context: Context
  signal: AbortSignal | undefined
}

/** Reads the documents of a base image. @throws ImageError */
export async function readBase(opened: OpenedSource, { place, sink, context, signal }: Reading): Promise<BaseImage> {
  const read = await readOneImage(opened, { sink, context: withoutCopying(context), signal })
  const { archive, entries, blobs, settle } = read
  const platforms = await concealing(archive, () => platformsOfBase(entries, blobs))
  // The first one of a platform counts: of several keys a map keeps the last.
  const byPlatform = new Map(platforms.toReversed().map((one) => [printNormalised(one.platform), one] as const))
  return { place, platforms, byPlatform, archive, blobs, settle }
}

async function platformsOfBase(entries: readonly NamedEntry[], blobs: BlobSource): Promise<BasePlatform[]> {
  const all = entries.map(({ entry }) => newEntry(entry))
  const { manifests } = await manifestsToEdit(all, { platform: undefined, scope: 'each' }, blobs)
  const platforms: BasePlatform[] = []
  const byDigest = new Map(entries.toReversed().map((one) => [one.entry.digest, one]))
  for (const manifest of manifests) {
    const config = await layeredConfig({ manifest }, blobs)
    const { digest } = manifest.descriptor
    const { entry } = byDigest.get(digest) ?? entries[0] ?? {}
    const name = entry === undefined ? undefined : nameOf(entry, undefined)
    platforms.push({
      manifest,
      config,
      platform: platformOfManifest(manifest, config),
      root: entry?.digest ?? digest,
      name: name !== undefined && legalName(name) === name ? name : undefined,
    })
  }
  return platforms
}

/**
 * Returns the base for a platform. The version of the system need not be the same, if there is only one.
 * @throws ImageError NOT_FOUND with the platforms that there are
 */
export function baseFor({ place, platforms, byPlatform }: BaseImage, wanted: PlatformName): BasePlatform {
  const same = byPlatform.get(printNormalised(wanted))
  if (same !== undefined) return same
  const [only, ...further] = platforms.filter(({ platform }) => differInVersion(platform, wanted))
  if (only !== undefined && further.length === 0) return only
  throw new ImageError('NOT_FOUND', 'the base is not available for a platform of the image', {
    where: place,
    expected: printPlatform(wanted) ?? 'an image without a platform',
    found: listShort(platforms.map(({ platform }) => printPlatform(platform) ?? 'unknown')),
    hint: 'choose one platform with --platform',
  })
}
