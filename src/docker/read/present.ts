import type { Archive } from '../../archive/archive.js'
import type { Bytes } from '../../bytes/bytes.js'
import { mapParallel } from '../../bytes/mapParallel.js'
import { packingOf } from '../../compression/codecs.js'
import { assertCount, assertDiffID, diffIDName } from '../../layer/check.js'
import { jobLimits } from '../../layer/layerOptions.js'
import { parseDigest } from '../../spec/digest.js'
import { attempt } from '../../spec/errors.js'
import { ociLayerType } from '../../spec/mediaTypes.js'
import { familiarName } from '../../spec/reference.js'
import { claimedDigest } from '../../store/layout/layoutNames.js'
import type { Root } from '../../store/nodes.js'
import type { TarEntry } from '../../tar/entry.js'
import type { Item } from './item.js'
import { type ItemManifest, itemManifest } from './itemManifest.js'
import { findLayer, isEmptyTar } from './layerFile.js'
import type { LayerReading } from './layerReading.js'

/** An image of manifest.json as an OCI layout has it. */
export interface PresentedImage extends ItemManifest {
  item: Item
  /** Bottom first. */
  layers: readonly PresentedLayer[]
}

/** A layer as an OCI layout has it. */
export interface PresentedLayer {
  file: LayerFile
  descriptor: Root
  /** The digest of its uncompressed bytes: as read, or as the config states it. */
  diffID: string
  /** True if its bytes were not read: they have to be checked when they are. */
  isStated: boolean
  open(start?: number): Bytes
}

/** A layer file, and one place where an image uses it. */
export interface LayerFile {
  path: string
  item: Item
  at: number
  member: TarEntry
  /** True if all places state one diffID for it. */
  isAgreed: boolean
}

/**
 * Returns images of a docker archive with the manifests that Docker >= 25 would write for them. The digest of a plain
 * layer is its diffID, so its bytes are not read. Other layers are read, each file once, and checked.
 * @throws ImageError INTEGRITY unless counts and diffIDs agree, NOT_FOUND for a missing layer
 */
export async function presentItems(items: readonly Item[], reading: LayerReading): Promise<PresentedImage[]> {
  for (const item of items) {
    await attempt(`image ${label(item)}`, async () => assertCount(item.diffIDs.length, item.layers.length))
  }
  const { archive, options } = reading
  const { context } = archive
  const layers = new Map<string, PresentedLayer>()
  await mapParallel(await filesOf(items, archive), context.jobs, {
    sizeOf: ({ member }) => member.size,
    ...jobLimits(options),
    work: async (file) => layers.set(file.path, await presentFile(file, reading)),
  })
  const images: PresentedImage[] = []
  const manifests = new Map<string, ItemManifest>()
  for (const item of items) {
    await context.breathe()
    const image = await presentItem(item, layers)
    const { root, bytes } = manifests.get(image.root.digest) ?? image
    if (!manifests.has(root.digest)) context.budget.steps.take(image.layers.length)
    manifests.set(root.digest, { root, bytes })
    images.push({ ...image, root, bytes })
  }
  return images
}

/** Returns each layer file that the items name, once. */
export async function filesOf(items: readonly Item[], archive: Archive): Promise<LayerFile[]> {
  const places = new Map<string, Omit<LayerFile, 'member'>>()
  for (const item of items) {
    for (const [at, path] of item.layers.entries()) {
      const known = places.get(path)
      const isAgreed = known === undefined || (known.isAgreed && known.item.diffIDs[known.at] === item.diffIDs[at])
      places.set(path, { path, item, at, isAgreed })
    }
  }
  const files: LayerFile[] = []
  for (const place of places.values()) files.push({ ...place, member: await findLayer(place.path, archive) })
  return files
}

async function presentFile(file: LayerFile, reading: LayerReading): Promise<PresentedLayer> {
  const { path, item, at, member } = file
  const { archive } = reading
  const digest = parseDigest(item.diffIDs[at] ?? '', path)
  if (await isStated(file, digest, reading)) {
    const descriptor = { mediaType: ociLayerType('none'), digest, size: member.size }
    const open = (start?: number) => archive.open(member, start)
    return { file, descriptor, diffID: digest, isStated: true, open }
  }
  const { layer, open } = await reading.read(member, { digest, size: member.size, what: diffIDName(at) })
  const descriptor = { mediaType: ociLayerType(layer.compression), digest: layer.digest, size: layer.size }
  return { file, descriptor, diffID: layer.diffID, isStated: false, open }
}

/** True if a file is a plain layer that has not been read, and nothing names it otherwise than by its diffID. */
async function isStated(file: LayerFile, diffID: string, reading: LayerReading): Promise<boolean> {
  const { member, isAgreed } = file
  if (!isAgreed || reading.isRead(member) || isEmptyTar(member, diffID)) return false
  if ((claimedDigest(member.path) ?? diffID) !== diffID) return false
  return packingOf(await reading.archive.looks(member)) === 'none'
}

async function presentItem(item: Item, known: ReadonlyMap<string, PresentedLayer>): Promise<PresentedImage> {
  const layers: PresentedLayer[] = []
  for (const [at, path] of item.layers.entries()) {
    const layer = known.get(path)
    await attempt(`ingest ${path}`, async () => assertDiffID(item.diffIDs[at], layer?.diffID ?? 'none', at))
    if (layer !== undefined) layers.push(layer)
  }
  const descriptors = layers.map(({ descriptor }) => descriptor)
  return { item, layers, ...itemManifest(item.config, descriptors) }
}

/** Returns the image's name in messages. */
function label({ names, config }: Item): string {
  return names[0] === undefined ? config.digest : familiarName(names[0])
}
