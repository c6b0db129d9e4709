import type { Descriptor, Index } from '../spec/parse.js'
import { printPlatform } from '../spec/platform.js'
import { nameOf } from '../store/names.js'
import type { NewEntry } from './rename.js'

/** Entries in the order in which the source's index has them, or what they were made of; the others follow. */
export function inSourceOrder(entries: readonly NewEntry[], source: Index | undefined): NewEntry[] {
  const listed = source?.manifests ?? []
  const positions = new Map<string, number>()
  for (const [at, entry] of listed.entries()) {
    for (const key of keysOf(entry, entry.digest)) if (!positions.has(key)) positions.set(key, at)
  }
  const positionOf = ({ entry, from }: NewEntry) => {
    const [at] = keysOf(entry, from).flatMap((key) => positions.get(key) ?? [])
    return at ?? listed.length
  }
  return entries
    .map((one) => ({ one, position: positionOf(one) }))
    .sort((a, b) => a.position - b.position)
    .map(({ one }) => one)
}

/** What an entry that was made of this content, or of none that the index has, is known by; best first. */
function keysOf(entry: Descriptor, from: string | null): string[] {
  const name = nameOf(entry, undefined)
  const platform = printPlatform(entry.platform) ?? null
  const exactly = [from, name ?? null, platform]
  const byContent = from === null ? [] : [JSON.stringify(exactly), JSON.stringify(exactly.slice(0, 2)), from]
  return name === undefined ? byContent : [...byContent, JSON.stringify([name])]
}
