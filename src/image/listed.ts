import type { Item } from '../docker/read/manifestJSON.js'
import type { V1Image } from '../docker/read/v1Images.js'
import { hasImageConfig } from '../layer/check.js'
import { configPlatform } from '../layer/configPlatform.js'
import { tableOf } from '../layer/nodeTable.js'
import { ImageError, invariant } from '../spec/errors.js'
import type { Descriptor } from '../spec/parse.js'
import { type PlatformName, printNormalised } from '../spec/platform.js'
import { familiarName } from '../spec/reference.js'
import type { Node, Reader, Root } from '../store/graph.js'
import { nameOf } from '../store/names.js'
import { assertNoConflict, type Claimant, nameConflict, nameConflicts } from './nameConflicts.js'

/** An image as a source lists it. */
export type Listed = Selected | BrokenImage | V1Listed

/** A listed image that can be read. It has an index entry for each of its names, or an item of manifest.json. */
export type Selected = IndexedImage | ItemImage

/** An image that the source's index.json has. */
export interface IndexedImage {
  kind: 'index'
  /** They all have the same content. */
  entries: Descriptor[]
  /** Nodes that the entries reach; images of the same content share them. */
  nodes: readonly Node[]
  /** Items of manifest.json for the same image with other files, which have to be checked. */
  unchecked: Item[]
}

/** An image that only manifest.json has. */
export interface ItemImage {
  kind: 'item'
  item: Item
  /** Digests of manifests that it gets, as far as known: the archive has none. */
  manifestDigests: string[]
}

/**
 * An image of an archive from before Docker 1.10. Its config follows from its layers, so these have to be read first.
 */
interface V1Listed {
  kind: 'v1'
  image: V1Image
}

/** A listed image that cannot be read: an error only if it is wanted. */
interface BrokenImage {
  kind: 'broken'
  /** As {@link namesOf} gives them. */
  names: string[]
  /** Its label if it has no name. */
  label: string
  failure: unknown
  /** Set if the failure is that it is not an image: the reason. It is then left out from among images. */
  noImage?: string
}

/**
 * Returns the images if all of them can be read.
 * @throws the failure of the first broken one
 */
export function readable(images: readonly Listed[]): Selected[] {
  return images.map((image) => {
    if (image.kind === 'broken') throw image.failure
    invariant(image.kind !== 'v1', 'images of version 1 have got their configs')
    return image
  })
}

/** True if `convert` can take the image, provided that its names are its own. */
export function isReadable(image: Listed): image is Selected {
  return image.kind === 'index' || image.kind === 'item'
}

/** Returns the full names of an image; bare tags and illegal names of index entries as they are. */
export function namesOf(image: Listed): string[] {
  if (image.kind === 'item') return image.item.names
  if (image.kind === 'broken') return image.names
  if (image.kind === 'v1') return image.image.names
  return image.entries.flatMap((entry) => nameOf(entry, undefined) ?? [])
}

/** Returns the label of an image in messages. */
export function labelOf(image: Listed): string {
  const [name] = namesOf(image)
  if (name !== undefined) return familiarName(name)
  if (image.kind === 'broken') return image.label
  if (image.kind === 'v1') return image.image.layers.at(-1)?.id ?? ''
  return image.kind === 'item' ? image.item.config.digest : (image.entries[0]?.digest ?? '')
}

/** Returns the image with entries that point at one manifest of its index. Names and other annotations stay. */
export function pointed(image: IndexedImage, child: Root): IndexedImage {
  const entries = image.entries.map(({ annotations }) => ({
    ...child,
    ...(annotations == null ? {} : { annotations }),
  }))
  return { ...image, entries }
}

/** @throws ImageError FORMAT if one name stands for two images of one platform */
export async function assertNamesDiffer(images: readonly Selected[], source: Reader): Promise<void> {
  assertNoConflict(await claimantsAmong(images, source))
}

/** Returns the failure for each image that shares a name and a platform with another one. */
export async function namesInConflict(images: readonly Selected[], source: Reader): Promise<Map<Selected, ImageError>> {
  const conflicts = new Map<Selected, ImageError>()
  for (const [rival, claimant] of nameConflicts(await claimantsAmong(images, source))) {
    for (const { image } of [rival, claimant]) {
      if (image !== undefined && !conflicts.has(image)) conflicts.set(image, nameConflict(rival, claimant))
    }
  }
  return conflicts
}

/** Returns the names that several images have, each with its image's content and platform. */
async function claimantsAmong(images: readonly Selected[], source: Reader): Promise<Claimant<Selected>[]> {
  const uses = new Map<string, number>()
  for (const name of images.flatMap(namesOf)) uses.set(name, (uses.get(name) ?? 0) + 1)
  const claimants: Claimant<Selected>[] = []
  const statedIn = new Configs(source)
  for (const image of images) {
    const shared = namesOf(image).filter((name) => (uses.get(name) ?? 0) > 1)
    if (shared.length === 0) continue
    const [content, platform] = [contentOf(image), await platformOf(image, statedIn)]
    for (const name of shared) claimants.push({ name, content, platform, image })
  }
  return claimants
}

/** Reads the platforms that configs state, each once. */
class Configs {
  readonly #source: Reader
  readonly #known = new Map<string, Promise<PlatformName>>()

  constructor(source: Reader) {
    this.#source = source
  }

  platformOf(manifest: { config: Descriptor }): Promise<PlatformName> {
    const key = JSON.stringify(manifest.config)
    const known = this.#known.get(key) ?? configPlatform(manifest, this.#source)
    this.#known.set(key, known)
    return known
  }
}

/** Returns the platform of an entry of a flat index; undefined if its config states another. */
async function platformOf(image: Selected, configs: Configs): Promise<string | undefined> {
  if (image.kind === 'item') return undefined
  const [entry] = image.entries
  const root = tableOf(image.nodes).byDigest.get(entry?.digest ?? '')
  const { platform } = entry ?? {}
  if (root?.kind !== 'manifest' || !hasImageConfig(root.document)) return printNormalised(platform)
  try {
    const { os, architecture, ...others } = await configs.platformOf(root.document)
    if (platform === undefined) return os && architecture ? printNormalised({ os, architecture, ...others }) : undefined
    const stated = printNormalised({ os: platform.os, architecture: platform.architecture })
    return printNormalised({ os, architecture }) === stated ? printNormalised(platform) : undefined
  } catch (error) {
    // Later steps report a config that cannot be read, if they need it.
    if (error instanceof ImageError) return printNormalised(platform)
    throw error
  }
}

function contentOf(image: Selected): string {
  return image.kind === 'item' ? image.item.config.digest : (image.entries[0]?.digest ?? '')
}
