import type { Node } from '../store/graph.js'

type ManifestNode = Extract<Node, { kind: 'manifest' }>

/** What is found in the nodes that entries reach. */
export interface NodeTable {
  byDigest: ReadonlyMap<string, Node>
  /** The first manifest that names it, by the config's digest. */
  byConfig: ReadonlyMap<string, ManifestNode>
}

/** The table of nodes, which is made once for all candidates that share them. */
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
  return { byDigest: new Map(nodes.map((node) => [node.descriptor.digest, node])), byConfig }
}
