import { hasImageConfig } from '../layer/check.js'
import { type ManifestNode, tableOf } from '../layer/nodeTable.js'
import { rolesIn } from '../layer/role.js'
import { listShort } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import { hostPlatform, parsePlatform, printPlatform } from '../spec/platform.js'
import type { Reader } from '../store/blobs.js'
import type { Node } from '../store/nodes.js'
import { type IndexedImage, labelOf } from './listed.js'
import { narrow } from './platforms.js'

/** One manifest of an image: the image itself, or that of one platform. */
export interface ResolvedManifest {
  image: IndexedImage
  manifest: ManifestNode
}

/**
 * Returns the manifest of one platform. Without a platform it is the only one, or else that of this machine.
 *
 * @param images of one name: several if a flat index has one for each platform
 * @throws ImageError NOT_FOUND with the platforms that exist, FORMAT if several fit, UNSUPPORTED if there is none
 */
export async function resolveManifest(
  images: readonly IndexedImage[],
  platform: string | undefined,
  source: Reader,
): Promise<ResolvedManifest> {
  const all = images.flatMap(manifestsOf)
  const [only] = all
  if (only === undefined) throw noManifest(images)
  if (platform === undefined && all.length === 1) return only
  const wanted = platform === undefined ? hostPlatform() : parsePlatform(platform)
  const { images: narrowed } = await narrow(images, [wanted], source)
  const digests = new Set(narrowed.flatMap((image) => (image.kind === 'index' ? (image.entries[0]?.digest ?? []) : [])))
  const fitting = all.filter(({ manifest }) => digests.has(manifest.descriptor.digest))
  const [first, ...others] = new Map(fitting.map((one) => [one.manifest.descriptor.digest, one])).values()
  if (first === undefined || others.length > 0) throw ambiguous(images, all, printPlatform(wanted))
  return first
}

/** Returns the manifest of an image, or those of all platforms of an index; if it has no images, whatever it has. */
function manifestsOf(image: IndexedImage): ResolvedManifest[] {
  const digest = image.entries[0]?.digest ?? ''
  const { byDigest } = tableOf(image.nodes)
  const root = byDigest.get(digest)
  if (root?.kind === 'manifest') return [{ image, manifest: root }]
  return imagesAmong(image.nodes).map((manifest) => ({ image, manifest }))
}

/** Returns the manifests of images; if there are none, whatever manifests there are. */
export function imagesAmong(nodes: readonly Node[]): ManifestNode[] {
  const roleOf = rolesIn(nodes)
  const manifests = nodes.filter((node) => node.kind === 'manifest')
  const images = manifests.filter(
    (node) => roleOf(node.descriptor).kind !== 'attestation' && hasImageConfig(node.document),
  )
  return images.length > 0 ? images : manifests
}

/** Returns the failure for content that has no manifest. */
export function noManifest([image]: readonly IndexedImage[]): ImageError {
  return new ImageError('UNSUPPORTED', 'there is no manifest', {
    ...(image === undefined ? {} : { where: labelOf(image) }),
    expected: 'an image, or an index of images',
    found: image?.entries[0]?.mediaType ?? 'nothing',
  })
}

function ambiguous(
  [image]: readonly IndexedImage[],
  all: readonly ResolvedManifest[],
  platform: string | undefined,
): ImageError {
  const found = all.map(({ manifest: { descriptor } }) => printPlatform(descriptor.platform) ?? descriptor.digest)
  return new ImageError('FORMAT', 'more than one image matches', {
    ...(image === undefined ? {} : { where: labelOf(image) }),
    expected: `one image for ${platform ?? 'this machine'}`,
    found: listShort(found),
    hint: 'choose one with --platform',
  })
}
