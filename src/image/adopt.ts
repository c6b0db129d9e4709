import type { Item } from '../docker/table.js'
import { assertCount } from '../layer/check.js'
import { tableOf } from '../layer/nodeTable.js'
import type { Budget } from '../spec/budget.js'
import { attempt } from '../spec/errors.js'
import { groupBy } from '../spec/groupBy.js'
import type { Descriptor } from '../spec/parse.js'
import { tagOf } from '../spec/reference.js'
import type { Warn, Warning } from '../spec/warnings.js'
import { claimedDigest } from '../store/layoutFiles.js'
import { named, nameOf, unnamed } from '../store/names.js'
import type { IndexCandidate } from './candidates.js'

/** Whose names an owner has, and which of its entries wait for one. */
interface Naming {
  known: Set<string | undefined>
  waiting: (tag: string) => number | undefined
}

/** Gives images of the index the names that manifest.json has for them. */
export class Adopter {
  readonly #warn: Warn
  readonly #budget: Pick<Budget, 'steps'>
  readonly #namings = new Map<IndexCandidate, Naming>()

  constructor({ warn, budget }: { warn: Warn; budget: Pick<Budget, 'steps'> }) {
    this.#warn = warn
    this.#budget = budget
  }

  /** Takes over the names of an item whose image the index has, and notes what of it remains to be checked. */
  async adopt(owner: IndexCandidate, item: Item): Promise<void> {
    await attempt(`image ${item.names[0] ?? item.config.digest}`, async () =>
      assertCount(item.diffIDs.length, item.layers.length),
    )
    const layers = tableOf(owner.nodes).byConfig.get(item.config.digest)?.document.layers ?? []
    const isSame = item.layers.every((path, at) => claimedDigest(path) === layers[at]?.digest)
    if (!isSame) owner.unchecked.push(item)
    const naming = this.#namings.get(owner) ?? namingOf(owner.entries)
    this.#namings.set(owner, naming)
    for (const name of item.names) this.#name(owner, name, naming)
  }

  #name({ entries }: IndexCandidate, name: string, { known, waiting }: Naming): void {
    const [first] = entries
    if (first === undefined || known.has(name)) return
    known.add(name)
    const at = waiting(tagOf(name))
    const entry = (at === undefined ? undefined : entries[at]) ?? first
    // As many annotations are copied as the entry has.
    this.#budget.steps.take(Object.keys(entry.annotations ?? {}).length)
    if (at !== undefined) {
      entries[at] = named(entry, name)
    } else {
      this.#warn(onlyInManifest(name, 'a name'))
      entries.push(named(unnamed(first), name))
    }
  }
}

function namingOf(entries: readonly Descriptor[]): Naming {
  return { known: new Set(entries.map((entry) => nameOf(entry, undefined))), waiting: waitingIn(entries) }
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
