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

/** What a source lists as an image. */
export type Listed = Selected | BrokenImage | V1Listed

/** An image that a source offers. It has an index entry for each of its names, or an item of manifest.json. */
export type Selected = IndexedImage | ItemImage

/** An image that the source's index.json has. */
export interface IndexedImage {
  kind: 'index'
  /** All of the same content. */
  entries: Descriptor[]
  /** What the entries reach: shared with other candidates of the same content. */
  nodes: readonly Node[]
  /** What manifest.json says of the same image with other files, so that these have to be looked at. */
  unchecked: Item[]
}

/** An image that only manifest.json has. */
export interface ItemImage {
  kind: 'item'
  item: Item
  /** Digest of the manifest that it gets, once that is known. */
  manifestDigest?: string
}

/** An image of an archive from before Docker 1.10. Its config follows from its layers, which have to be read for that. */
interface V1Listed {
  kind: 'v1'
  image: V1Image
}

/** An image that is listed and cannot be read: only an error if it is wanted. */
interface BrokenImage {
  kind: 'broken'
  /** As {@link namesOf} gives them. */
  names: string[]
  /** What the source calls it otherwise. */
  label: string
  failure: unknown
  /** Why it is no image, if that is the failure: among images it is left out. */
  noImage?: string
}

/**
 * The offers as images that can be read.
 * @throws the failure of the first that cannot
 */
export function readable(offers: readonly Listed[]): Selected[] {
  return offers.map((offer) => {
    if (offer.kind === 'broken') throw offer.failure
    invariant(offer.kind !== 'v1', 'images of version 1 have got their configs')
    return offer
  })
}

/** True of what `convert` could take, were it not for a name that another has. */
export function isReadable(offer: Listed): offer is Selected {
  return offer.kind === 'index' || offer.kind === 'item'
}

/** Full names of a candidate; bare tags and illegal names of index entries as they stand. */
export function namesOf(candidate: Listed): string[] {
  if (candidate.kind === 'item') return candidate.item.names
  if (candidate.kind === 'broken') return candidate.names
  if (candidate.kind === 'v1') return candidate.image.names
  return candidate.entries.flatMap((entry) => nameOf(entry, undefined) ?? [])
}

/** How messages call a candidate. */
export function labelOf(candidate: Listed): string {
  const [name] = namesOf(candidate)
  if (name !== undefined) return familiarName(name)
  if (candidate.kind === 'broken') return candidate.label
  if (candidate.kind === 'v1') return candidate.image.layers.at(-1)?.id ?? ''
  return candidate.kind === 'item' ? candidate.item.config.digest : (candidate.entries[0]?.digest ?? '')
}

/** The candidate with entries that point at one manifest of its index; names and other annotations stay. */
export function pointed(candidate: IndexedImage, child: Root): IndexedImage {
  const entries = candidate.entries.map(({ annotations }) => ({
    ...child,
    ...(annotations == null ? {} : { annotations }),
  }))
  return { ...candidate, entries }
}

/** @throws ImageError FORMAT if one name stands for two images of one platform */
export async function assertNamesDiffer(candidates: readonly Selected[], source: Reader): Promise<void> {
  assertNoConflict(await claimantsAmong(candidates, source))
}

/** What is wrong with names: for each image that has the name of another of its platform. */
export async function namesInConflict(
  candidates: readonly Selected[],
  source: Reader,
): Promise<Map<Selected, ImageError>> {
  const conflicts = new Map<Selected, ImageError>()
  for (const [rival, claimant] of nameConflicts(await claimantsAmong(candidates, source))) {
    for (const { candidate } of [rival, claimant]) {
      if (candidate !== undefined && !conflicts.has(candidate)) conflicts.set(candidate, nameConflict(rival, claimant))
    }
  }
  return conflicts
}

/** The names that several candidates have, and for what. */
async function claimantsAmong(candidates: readonly Selected[], source: Reader): Promise<Claimant<Selected>[]> {
  const uses = new Map<string, number>()
  for (const name of candidates.flatMap(namesOf)) uses.set(name, (uses.get(name) ?? 0) + 1)
  const claimants: Claimant<Selected>[] = []
  const statedIn = new Configs(source)
  for (const candidate of candidates) {
    const shared = namesOf(candidate).filter((name) => (uses.get(name) ?? 0) > 1)
    if (shared.length === 0) continue
    const [content, platform] = [contentOf(candidate), await platformOf(candidate, statedIn)]
    for (const name of shared) claimants.push({ name, content, platform, candidate })
  }
  return claimants
}

/** The platforms that configs state, each read once. */
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

/** The platform that tells an entry of a flat index from its neighbours, if the config does not say otherwise. */
async function platformOf(candidate: Selected, configs: Configs): Promise<string | undefined> {
  if (candidate.kind === 'item') return undefined
  const [entry] = candidate.entries
  const root = tableOf(candidate.nodes).byDigest.get(entry?.digest ?? '')
  const { platform } = entry ?? {}
  if (root?.kind !== 'manifest' || !hasImageConfig(root.document)) return printNormalised(platform)
  try {
    const { os, architecture, ...others } = await configs.platformOf(root.document)
    if (platform === undefined) return os && architecture ? printNormalised({ os, architecture, ...others }) : undefined
    const stated = printNormalised({ os: platform.os, architecture: platform.architecture })
    return printNormalised({ os, architecture }) === stated ? printNormalised(platform) : undefined
  } catch (error) {
    // A config that cannot be read is told of by who needs more of the image than its platform.
    if (error instanceof ImageError) return printNormalised(platform)
    throw error
  }
}

function contentOf(candidate: Selected): string {
  return candidate.kind === 'item' ? candidate.item.config.digest : (candidate.entries[0]?.digest ?? '')
}
