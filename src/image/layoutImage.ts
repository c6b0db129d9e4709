import { groupBy } from '../spec/groupBy.js'
import { type Reader, walkGraph } from '../store/graph.js'
import type { IndexEntry } from '../store/layout/indexFile.js'
import type { IndexedImage } from './listed.js'
import { type ResolvedManifest, resolveManifest } from './resolveManifest.js'

/** One manifest of a layout, and the entries that lead to it. */
export interface LayoutImage extends ResolvedManifest {
  entries: readonly IndexEntry[]
}

/**
 * Returns the manifest of one platform of an image in a layout. Without a platform it is the only one, or else that of
 * this machine.
 * @throws ImageError as {@link resolveManifest}, and for content that is missing or broken
 */
export async function resolveEntries(
  entries: readonly IndexEntry[],
  platform: string | undefined,
  source: Reader,
): Promise<LayoutImage> {
  const images: IndexedImage[] = []
  const groups = groupBy(entries, ({ descriptor }) => descriptor.digest)
  for (const group of groups.values()) {
    const descriptors = group.map(({ descriptor }) => descriptor)
    const nodes = await walkGraph(source, descriptors.slice(0, 1))
    images.push({ kind: 'index', entries: descriptors, nodes, unchecked: [] })
  }
  const resolved = await resolveManifest(images, platform, source)
  return { ...resolved, entries: groups.get(resolved.image.entries[0]?.digest ?? '') ?? [] }
}
