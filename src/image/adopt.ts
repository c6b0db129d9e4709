import type { Item } from '../docker/table.js'
import { assertCount } from '../layer/check.js'
import { attempt } from '../spec/errors.js'
import { groupBy } from '../spec/groupBy.js'
import type { Descriptor, Manifest } from '../spec/parse.js'
import { tagOf } from '../spec/reference.js'
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
  const waiting = waitingIn(owner.entries)
  for (const name of item.names) {
    if (known.has(name)) continue
    const at = waiting(tagOf(name))
    const entry = at === undefined ? undefined : owner.entries[at]
    if (at !== undefined && entry !== undefined) {
      owner.entries[at] = named(entry, name)
    } else {
      warn(onlyInManifest(name, 'a name'))
      owner.entries.push(named(unnamed(first), name))
    }
  }
}

/** Says for a tag which entry waits for its full name: the next that has no more of one than this tag, if any. */
function waitingIn(entries: readonly Descriptor[]): (tag: string) => number | undefined {
  const positions = [...entries.keys()].reverse()
  const waiting = groupBy(positions, (at) => nameOf(entries[at] as Descriptor, undefined))
  return (tag) => {
    const [nameless, tagged] = [waiting.get(undefined) ?? [], waiting.get(tag) ?? []]
    return (tagged.at(-1) ?? entries.length) < (nameless.at(-1) ?? entries.length) ? tagged.pop() : nameless.pop()
  }
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
