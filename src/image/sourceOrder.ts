import { inPlace, placesOf } from '../spec/json/inPlace.js'
import type { Descriptor, Index } from '../spec/parse.js'
import { printPlatform } from '../spec/platform.js'
import { nameOf } from '../store/names.js'
import type { NamedEntry } from './stored.js'

/** Returns the entries in the order of the source's index. Entries that match nothing there come last. */
export function inSourceOrder(entries: readonly NamedEntry[], source: Index | undefined): NamedEntry[] {
  const places = placesOf(source?.manifests ?? [], (entry) => keysOf(entry, entry.digest))
  return inPlace(entries, ({ entry, from }) => keysOf(entry, from), places)
}

/** Returns the keys by which an entry is found in the index, best first. `from` is its digest in the source. */
function keysOf(entry: Descriptor, from: string | null): string[] {
  const name = nameOf(entry, undefined)
  const platform = printPlatform(entry.platform) ?? null
  const exactly = [from, name ?? null, platform]
  const byContent = from === null ? [] : [JSON.stringify(exactly), JSON.stringify(exactly.slice(0, 2)), from]
  return name === undefined ? byContent : [...byContent, JSON.stringify([name])]
}
