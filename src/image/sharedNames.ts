import { hasImageConfig } from '../layer/check.js'
import { configPlatform } from '../layer/configPlatform.js'
import { tableOf } from '../layer/nodeTable.js'
import { ImageError } from '../spec/errors.js'
import type { Descriptor } from '../spec/parse.js'
import { type PlatformName, printNormalised } from '../spec/platform.js'
import type { Reader } from '../store/blobs.js'
import { namesOf, type Selected } from './listed.js'
import { assertNoConflict, type Claimant, nameConflict, nameConflicts } from './nameConflicts.js'

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
