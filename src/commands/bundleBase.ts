import type { LayoutImage } from '../image/layoutImage.js'
import { ImageError } from '../spec/errors.js'
import type { Descriptor } from '../spec/parse.js'
import type { Reader } from '../store/blobs.js'
import { walkGraph } from '../store/graph.js'
import { type IndexEntry, newEntry } from '../store/layout/indexFile.js'
import { isDocument } from '../store/nodes.js'

/**
 * Returns the image in a layout that a bundle was unpacked from. Its entries are those that still name it, or else a new
 * one.
 * @throws ImageError NOT_FOUND if the layout has it not; FORMAT if the record of the bundle contradicts it
 */
export async function bundleBase(
  walk: readonly Descriptor[],
  { entries, reader }: { entries: readonly IndexEntry[]; reader: Reader },
): Promise<LayoutImage> {
  const [root] = walk
  const last = walk.at(-1)
  if (root === undefined || last === undefined) throw notBase('no descriptor')
  const own = entries.filter(({ descriptor }) => descriptor.digest === root.digest)
  const nodes = await walkGraph(reader, [root])
  const byDigest = new Map(nodes.filter(isDocument).map((node) => [node.descriptor.digest as string, node]))
  for (const [at, { digest }] of walk.entries()) {
    const above = at === 0 ? undefined : byDigest.get(walk[at - 1]?.digest ?? '')
    if (at > 0 && above?.children.some((child) => child.digest === digest) !== true) throw notBase(digest)
  }
  const manifest = byDigest.get(last.digest)
  if (manifest?.kind !== 'manifest') throw notBase(last.mediaType)
  const descriptors = own.length > 0 ? own.map(({ descriptor }) => descriptor) : [root]
  return {
    image: { kind: 'index', entries: descriptors, nodes, unchecked: [] },
    manifest,
    entries: own.length > 0 ? own : [newEntry(root)],
  }
}

function notBase(found: string): ImageError {
  return new ImageError('FORMAT', 'the bundle’s record of its image contradicts the layout', {
    expected: 'descriptors from an image down to a manifest',
    found,
  })
}
