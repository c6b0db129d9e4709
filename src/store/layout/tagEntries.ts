import type { Warn } from '../../spec/warnings.js'
import { REF_NAME } from '../names.js'
import type { IndexEntry } from './indexFile.js'

/**
 * Returns the entries with further ones at the end, which take a tag: those that had it go, which is told if they name
 * something else.
 */
export function withTagged(
  entries: readonly IndexEntry[],
  tagged: readonly IndexEntry[],
  { tag, warn }: { tag: string; warn: Warn },
): IndexEntry[] {
  const hasTag = ({ descriptor }: IndexEntry) => descriptor.annotations?.[REF_NAME] === tag
  const now = new Set(tagged.map(({ descriptor }) => descriptor.digest))
  for (const { descriptor } of entries.filter(hasTag)) {
    if (now.has(descriptor.digest)) continue
    const message = `the layout used this name for ${descriptor.digest}; it now names ${[...now].join(', ')}`
    warn({ code: 'NAME_MOVED', message, where: tag })
  }
  return [...entries.filter((entry) => !hasTag(entry)), ...tagged]
}
