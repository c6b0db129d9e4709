import { oddLayerOf } from '../../layer/check.js'
import { type ManifestNode, tableOf } from '../../layer/nodeTable.js'
import { type RoleOf, rolesIn } from '../../layer/role.js'
import { isIndexType } from '../../spec/mediaTypes.js'
import type { Descriptor } from '../../spec/parse.js'
import { rootOf } from '../../store/graph.js'
import type { Node } from '../../store/nodes.js'
import type { GraphWalks } from '../../store/walks.js'

/**
 * Caches `look` by content, since several names may stand for one. Platforms are taken from each entry, since entries
 * of the same content may state different ones.
 */
export function once(look: (entry: Descriptor) => Promise<Reach>): (entry: Descriptor) => Promise<Reach> {
  const seen = new Map<string, Promise<Reach>>()
  return async (entry) => {
    const descriptor = rootOf(entry)
    const key = JSON.stringify([entry.digest, entry.size, entry.mediaType])
    const found = seen.get(key) ?? look(entry)
    seen.set(key, found)
    const { images, ...reach } = await found
    const own = isIndexType(entry.mediaType) ? images : images.map((node) => ({ ...node, descriptor }))
    return { ...reach, images: own }
  }
}

/** The content that an entry reaches and the source has; the entry itself only if it is an image. */
export interface Reach {
  images: ManifestNode[]
  /** Content that is neither an image nor goes with one. */
  artifacts: Descriptor[]
  roleOf: RoleOf
  /** Says why docker load cannot take an entry that is not an image. */
  reasonOf: (entry: Descriptor) => string
}

/** Returns the content that an entry reaches. */
export async function reachOf(entry: Descriptor, walks: GraphWalks): Promise<Reach> {
  const nodes = await walks.nodesOf([entry])
  const roleOf = rolesIn(nodes)
  const { byDigest, incomplete } = tableOf(nodes)
  const isOne = (node: Node): node is ManifestNode =>
    node.kind === 'manifest' && roleOf(node.descriptor).kind === 'image' && !incomplete.has(node.descriptor.digest)
  const absent = new Set(nodes.filter(({ kind }) => kind === 'absent').map(({ descriptor }) => descriptor.digest))
  const listed = nodes.flatMap((node) => (node.kind === 'index' ? node.children : []))
  const artifacts = listed.filter((child) => !absent.has(child.digest) && roleOf(child).kind === 'artifact')
  const distinct = new Map(artifacts.map((child) => [child.digest, child]))
  const reasonOf = ({ digest }: Descriptor) => {
    const node = byDigest.get(digest)
    return (node?.kind === 'manifest' ? oddLayerOf(node.document) : undefined) ?? NO_IMAGE
  }
  return { images: nodes.filter(isOne), artifacts: [...distinct.values()], roleOf, reasonOf }
}

const NO_IMAGE = 'not an image with a root file system; docker load cannot take it'
