import type { LayoutImage } from '../image/layoutImage.js'
import type { Warn } from '../spec/warnings.js'
import { changedEntry, type IndexEntry, type IndexFile } from '../store/layout/indexFile.js'
import { withTagged } from '../store/layout/tagEntries.js'
import { retagged, type StatedName } from '../store/names.js'

/** A changed image and its name. */
interface Placed {
  /** Its entries as they were, and as they are now. */
  before: LayoutImage['entries']
  entries: readonly IndexEntry[]
  /** The name of the changed image; undefined to keep its names. */
  tag: string | undefined
  /** Says if the full name in the annotations follows the tag, or stays. */
  statedName?: StatedName | undefined
  warn: Warn
}

/** Returns the entries of an index with a changed image: in place of the old one, or beside it under a tag. */
export function placedEntries(index: IndexFile, { before, entries, tag, statedName, warn }: Placed): IndexEntry[] {
  if (tag === undefined) {
    const own = new Set(before)
    return [...index.entries.filter((entry) => !own.has(entry)), ...entries]
  }
  const tagged = entries.map((entry) => changedEntry(entry, retagged(entry.descriptor, tag, statedName)))
  return withTagged(index.entries, tagged, { tag, warn })
}
