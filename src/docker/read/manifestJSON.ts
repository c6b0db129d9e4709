import type { Archive } from '../../archive/archive.js'
import { MANIFEST_FILE, TABLE_LIMIT } from '../../archive/fileNames.js'
import { diffIDsOf, warnOfConfig } from '../../layer/check.js'
import { assertClaim, type Sum } from '../../spec/claim.js'
import { hexOf } from '../../spec/digest.js'
import { attempt, endsWork, ImageError } from '../../spec/errors.js'
import { warnOfBytes, warnOfOddities } from '../../spec/oddities.js'
import { type DockerManifestItem, parseDockerManifest } from '../../spec/parse.js'
import { parseName } from '../../spec/reference.js'
import type { Warn } from '../../spec/warnings.js'
import { claimedDigest } from '../../store/layout/layoutNames.js'
import { Configs } from './configs.js'
import type { BrokenItem, Item } from './item.js'

/**
 * Returns the images of a docker archive's manifest.json with their configs; undefined if there is no manifest.json.
 * @throws ImageError FORMAT if manifest.json cannot be read at all
 */
export async function readManifestJSON(archive: Archive, warn: Warn): Promise<(Item | BrokenItem)[] | undefined> {
  const bytes = await archive.read(MANIFEST_FILE, TABLE_LIMIT)
  if (bytes === undefined) return undefined
  const items: (Item | BrokenItem)[] = []
  const table = parseDockerManifest(bytes, MANIFEST_FILE)
  warnOfOddities({ kind: 'manifest.json', value: table, bytes, where: MANIFEST_FILE }, warn)
  warnOfBytes(bytes, MANIFEST_FILE, warn)
  const configs = new Configs(archive)
  for (const [at, item] of table.entries()) {
    const names = legalNames(item.RepoTags ?? [], { where: MANIFEST_FILE, warn })
    const work = `image ${item.RepoTags?.[0] ?? `@${at}`}`
    try {
      const read = await attempt(work, () => readItem(configs, item, warn))
      items.push(read === undefined ? { names, ...withoutRootfs(item, work) } : { names, ...read })
    } catch (failure) {
      if (endsWork(failure) || archive.context.budget.isSpent) throw failure
      items.push({ names, label: item.Config, layers: item.Layers ?? [], failure })
    }
  }
  return items
}

/** Returns the item for a config that names no layers. */
function withoutRootfs({ Config: label, Layers }: DockerManifestItem, work: string): Omit<BrokenItem, 'names'> {
  const noImage = 'the image config has no rootfs, which names the layers'
  return {
    label,
    layers: Layers ?? [],
    noImage,
    failure: new ImageError('FORMAT', noImage, { where: label }).during(work),
  }
}

/** Reads the config of an item; returns undefined if the config has no rootfs. */
async function readItem(
  configs: Configs,
  item: DockerManifestItem,
  warn: Warn,
): Promise<Omit<Item, 'names'> | undefined> {
  const { sum, outcome } = await configs.read(item.Config)
  assertPath(item.Config, sum, warn)
  if ('failure' in outcome) throw outcome.failure
  const config = { digest: sum.digest, ...outcome }
  const diffIDs = diffIDsOf(config.parsed)
  if (diffIDs === undefined) return undefined
  warnOfConfig({ config: config.parsed, bytes: config.bytes, where: item.Config }, warn)
  const hasSources = item.LayerSources != null
  return { config, layers: item.Layers ?? [], diffIDs, hasSources }
}

/** Checks a config's file name, which is its hash: below blobs/ a wrong name is an error, elsewhere a warning. */
function assertPath(path: string, found: Sum, warn: Warn): void {
  const claimed = claimedDigest(path)
  if (claimed !== undefined) assertClaim(found, { ...found, digest: claimed }, path)
  const habit = /(?:^|\/)(?:sha256:)?([0-9a-f]{64})(?:\.json)?$/.exec(path)?.[1]
  if (habit === undefined || habit === hexOf(found.digest)) return
  warn({
    code: 'CONFIG_NAME',
    message: `the config is named after another hash; the image ID is ${found.digest}`,
    where: path,
  })
}

/** Returns the tags as full names, each once. Warns about illegal names and leaves them out. */
export function legalNames(tags: readonly string[], { where, warn }: { where: string; warn: Warn }): string[] {
  const names = tags.flatMap((tag) => {
    try {
      return [parseName(tag)]
    } catch (error) {
      if (!(error instanceof ImageError)) throw error
      warn({ code: 'ILLEGAL_NAME', message: `${error.message}; the image is copied without it`, where })
      return []
    }
  })
  return [...new Set(names)]
}
