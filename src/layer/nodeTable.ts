import type { Node, Root } from '../store/nodes.js'

/** A manifest among nodes. */
export type ManifestNode = Extract<Node, { kind: 'manifest' }>

/** Lookups over the nodes that entries reach. */
export interface NodeTable {
  byDigest: ReadonlyMap<string, Node>
  /** The first manifest that names the config, by the config's digest. */
  byConfig: ReadonlyMap<string, ManifestNode>
  /** Missing parts of manifests that indexes list, by the manifests' digests. */
  incomplete: ReadonlyMap<string, Root[]>
}

/** Returns the table of nodes. It is made once for all candidates that share the nodes. */
export function tableOf(nodes: readonly Node[]): NodeTable {
  const known = TABLES.get(nodes) ?? newTable(nodes)
  TABLES.set(nodes, known)
  return known
}

const TABLES = new WeakMap<readonly Node[], NodeTable>()

function newTable(nodes: readonly Node[]): NodeTable {
  const byConfig = new Map<string, ManifestNode>()
  for (const node of nodes) {
    if (node.kind !== 'manifest') continue
    const { digest } = node.document.config
    if (!byConfig.has(digest)) byConfig.set(digest, node)
  }
  return {
    byDigest: new Map(nodes.map((node) => [node.descriptor.digest, node])),
    byConfig,
    incomplete: lacking(nodes),
  }
}

function lacking(nodes: readonly Node[]): Map<string, Root[]> {
  const lacking = new Map<string, Root[]>()
  const missing = new Set(nodes.flatMap(({ kind, descriptor }) => (kind === 'missing' ? [descriptor.digest] : [])))
  if (missing.size === 0) return lacking
  for (const node of nodes) {
    if (node.kind !== 'manifest') continue
    const lost = node.children.filter(({ digest }) => missing.has(digest))
    if (lost.length > 0) lacking.set(node.descriptor.digest, lost)
  }
  return lacking
}
