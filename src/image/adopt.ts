import type { Item } from '../docker/table.js'
import { assertCount } from '../layer/check.js'
import { attempt } from '../spec/errors.js'
import type { Descriptor, Manifest } from '../spec/parse.js'
import { isBareTag, tagOf } from '../spec/reference.js'
import type { Warn, Warning } from '../spec/warnings.js'
import { claimedDigest } from '../store/layoutFiles.js'
import { named, nameOf, unnamed } from '../store/names.js'
import type { IndexCandidate } from './candidates.js'

/** Takes over the names of an item whose image the index has, and notes what of it remains to be checked. */
export async function adopt(owner: IndexCandidate, item: Item, warn: Warn): Promise<void> {
  await attempt(`image ${item.names[0] ?? item.config.digest}`, async () =>
    assertCount(item.diffIDs.length, item.layers.length),
  )
  const layers = manifestOf(owner, item)?.layers ?? []
  const isSame = item.layers.every((path, at) => claimedDigest(path) === layers[at]?.digest)
  if (!isSame) owner.unchecked.push(item)
  const [first] = owner.entries
  if (first === undefined) return
  const known = new Set(owner.entries.map((entry) => nameOf(entry, undefined)))
  const waiting = [...owner.entries.entries()].filter(([, entry]) => isWaiting(entry))
  for (const name of item.names) {
    if (known.has(name)) continue
    const found = waiting.findIndex(([, entry]) => awaitsName(entry, name))
    const [at, entry] = waiting.splice(found, found < 0 ? 0 : 1)[0] ?? []
    if (at !== undefined && entry !== undefined) {
      owner.entries[at] = named(entry, name)
    } else {
      warn(onlyInManifest(name, 'a name'))
      owner.entries.push(named(unnamed(first), name))
    }
  }
}

/** True of an entry without a name, or with a tag alone. */
function isWaiting(entry: Descriptor): boolean {
  const name = nameOf(entry, undefined)
  return name === undefined || isBareTag(name)
}

/** That manifest.json has more than the index. */
export function onlyInManifest(where: string, what: 'a name' | 'an image'): Warning {
  const message = `manifest.json has ${what} that index.json lacks; it is added`
  return { code: 'MANIFEST_ONLY', message, where }
}

function manifestOf({ nodes }: IndexCandidate, { config }: Item): Manifest | undefined {
  for (const node of nodes) {
    if (node.kind === 'manifest' && node.document.config.digest === config.digest) return node.document
  }
  return undefined
}

/** True of an entry without a name, or with no more of one than this tag. */
function awaitsName(entry: Descriptor, fullName: string): boolean {
  const name = nameOf(entry, undefined)
  return name === undefined || name === tagOf(fullName)
}
