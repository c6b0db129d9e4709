import { tableOf } from '../layer/nodeTable.js'
import { groupBy } from '../spec/groupBy.js'
import type { Reader } from '../store/blobs.js'
import { walkGraph } from '../store/graph.js'
import type { IndexEntry } from '../store/layout/indexFile.js'
import type { IndexedImage } from './listed.js'
import { imagesAmong, noManifest, type ResolvedManifest, resolveManifest } from './resolveManifest.js'
import type { ImageToEdit, Scope } from './rewriteImage.js'

/** One manifest of a layout, and the entries that lead to it. */
export interface LayoutImage extends ResolvedManifest {
  entries: readonly IndexEntry[]
}

/**
 * Returns the manifest of one platform of an image in a layout. Without a platform it is the only one, or else that of
 * this machine.
 * @throws ImageError as {@link resolveManifest}, and for content that is missing or broken
 */
async function resolveEntries(
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

/** Which manifests of an image to change. */
interface Choice {
  platform: string | undefined
  scope: Scope
}

/**
 * Returns the manifests of an image that are in scope. Of all platforms, these are the ones that are whole.
 * @throws ImageError as {@link resolveEntries}
 */
export async function manifestsToEdit(
  entries: readonly IndexEntry[],
  { platform, scope }: Choice,
  source: Reader,
): Promise<ImageToEdit> {
  if (scope === 'one' || platform !== undefined) {
    const { image, manifest, entries: own } = await resolveEntries(entries, platform, source)
    return { manifests: [manifest], nodes: image.nodes, entries: own }
  }
  const descriptors = entries.map(({ descriptor }) => descriptor)
  const nodes = await walkGraph(source, descriptors)
  const { incomplete } = tableOf(nodes)
  const manifests = imagesAmong(nodes).filter(({ descriptor }) => !incomplete.has(descriptor.digest))
  if (manifests.length > 0) return { manifests, nodes, entries }
  throw noManifest([{ kind: 'index', entries: descriptors, nodes, unchecked: [] }])
}
