import type { Descriptor, Index } from '../spec/parse.js'
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
    const [at] = from === null ? [] : keysOf(entry, from).flatMap((key) => positions.get(key) ?? [])
    return at ?? listed.length
  }
  return entries
    .map((one) => ({ one, position: positionOf(one) }))
    .sort((a, b) => a.position - b.position)
    .map(({ one }) => one)
}

/** What an entry that was made of this content is known by, best first. */
function keysOf(entry: Descriptor, digest: string): string[] {
  const name = nameOf(entry, undefined)
  const keys = [JSON.stringify([digest, name ?? null]), digest]
  return name === undefined ? keys : [...keys, JSON.stringify([name])]
}
