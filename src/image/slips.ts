import type { Archive } from '../archive/archive.js'
import type { BrokenItem, Item } from '../docker/table.js'
import { digestOf, parseDigest } from '../spec/digest.js'
import { OCI_MANIFEST } from '../spec/mediaTypes.js'
import { type Descriptor, DOCUMENT_LIMIT, type Manifest, parseManifest } from '../spec/parse.js'
import { familiarName, isBareTag } from '../spec/reference.js'
import type { Warn } from '../spec/warnings.js'
import { blobPath } from '../store/layoutFiles.js'
import { legalName, nameOf } from '../store/names.js'

/**
 * The item of manifest.json that takes the place of index entries of the same image which are wrong as the first
 * Docker 25 wrote them: sizes that are none of the content's, layers that are missing or out of order (moby#47065,
 * moby#47072). The config names the layers, so what they are is not in doubt; of a digest nothing is forgiven.
 * @param sourced the items that may, as {@link bySource} gives them
 */
export async function replacedItem(
  entries: readonly Descriptor[],
  sourced: ReadonlyMap<string, Item>,
  { archive, warn }: { archive: Archive; warn: Warn },
): Promise<Item | undefined> {
  const [entry] = entries
  if (entry?.mediaType !== OCI_MANIFEST || sourced.size === 0) return undefined
  const bytes = await archive.read(blobPath(parseDigest(entry.digest)), DOCUMENT_LIMIT)
  if (bytes === undefined || digestOf(bytes) !== entry.digest) return undefined
  const manifest = parseManifest(bytes, entry.digest)
  const item = sourced.get(manifest.config.digest)
  if (item === undefined || !isPartOf(manifest, item)) return undefined
  const hasSize = entries.every(({ size }) => size === bytes.length)
  const isRight = hasSize && (await hasRightSizes(manifest, archive)) && isInOrder(manifest, item)
  if (isRight) return undefined
  const message = 'its entry in index.json is wrong, as that of some Docker 25; it is made anew from manifest.json'
  warn({ code: 'REBUILT', message, where: familiarName(item.names[0] ?? item.config.digest) })
  const stated = entries.flatMap((one) => nameOf(one, undefined) ?? []).filter((name) => !isBareTag(name))
  const names = stated.flatMap((name) => legalName(name) ?? [])
  return { ...item, names: [...new Set([...item.names, ...names])] }
}

/** Items that say where their layers are from, by the config's digest. */
export function bySource(items: readonly (Item | BrokenItem)[]): ReadonlyMap<string, Item> {
  const sourced = items.filter((item) => 'config' in item).filter(({ hasSources }) => hasSources)
  return new Map(sourced.map((item) => [item.config.digest, item]))
}

function isPartOf({ layers }: Manifest, { diffIDs }: Item): boolean {
  return layers.every(({ digest }) => diffIDs.includes(digest))
}

function isInOrder({ layers }: Manifest, { diffIDs }: Item): boolean {
  return layers.length === diffIDs.length && layers.every(({ digest }, at) => digest === diffIDs[at])
}

async function hasRightSizes({ config, layers }: Manifest, archive: Archive): Promise<boolean> {
  for (const { digest, size } of [config, ...layers]) {
    const member = await archive.find(blobPath(parseDigest(digest)))
    if (member !== undefined && member.size !== size) return false
  }
  return true
}
