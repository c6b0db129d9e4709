import { ImageError } from '../spec/errors.js'
import type { Descriptor } from '../spec/parse.js'
import { printPlatform } from '../spec/platform.js'
import type { Warn } from '../spec/warnings.js'
import { missingBlob } from '../store/graph.js'
import type { Node, Root } from '../store/nodes.js'
import { type ManifestNode, type NodeTable, tableOf } from './nodeTable.js'
import { rolesIn } from './role.js'

/** Describes the parts of a manifest that are not in the source. */
export function listMissing({ document }: Pick<ManifestNode, 'document'>, missing: readonly Root[]): string {
  const digests = new Set<string>(missing.map(({ digest }) => digest))
  const layers = document.layers.flatMap(({ digest }, at) => (digests.has(digest) ? [at] : []))
  const [first, ...others] = layers
  const named = others.length === 0 ? `layer ${first}` : `${layers.length} of its ${document.layers.length} layers`
  return [...(digests.has(document.config.digest) ? ['its config'] : []), ...(first === undefined ? [] : [named])].join(
    ' and ',
  )
}

/** Warns about images that an index lists and the source lacks, in whole or in part; once for each. */
export function warnOfSparse(nodes: readonly Node[], warn: Warn): void {
  const { incomplete } = tableOf(nodes)
  for (const node of nodes) {
    const { descriptor } = node
    const missing = incomplete.get(descriptor.digest)
    if (node.kind === 'absent') {
      const message = `${nameOf(descriptor)} of the index is not in the source; the index is kept unchanged`
      warn({ code: 'SPARSE_INDEX', message, where: descriptor.digest })
    } else if (node.kind === 'manifest' && missing !== undefined) {
      const what = listMissing(node, missing)
      const message = `${nameOf(descriptor)} of the index is incomplete: the source lacks ${what}; the index is kept unchanged`
      warn({ code: 'SPARSE_INDEX', message, where: descriptor.digest })
    }
  }
}

function nameOf({ platform }: Descriptor): string {
  return printPlatform(platform) ?? 'an image'
}

/**
 * Throws if no image below an index is complete, or if a root manifest itself is incomplete. An index may list further
 * images that are incomplete.
 * @throws ImageError NOT_FOUND
 */
export function assertOneIsWhole(root: Descriptor, nodes: readonly Node[]): void {
  const table = tableOf(nodes)
  if (table.incomplete.size === 0) return
  const own = table.incomplete.get(root.digest)?.[0]
  if (own !== undefined) throw missingBlob(own)
  const [first, isOneWhole] = firstIncomplete(root, nodes, table)
  if (first === undefined || isOneWhole) return
  const lost = table.incomplete.get(first.descriptor.digest) ?? []
  throw new ImageError('NOT_FOUND', `no image of the index is whole: the source lacks ${listMissing(first, lost)}`, {
    where: lost[0]?.digest ?? root.digest,
    hint: 'the archive is incomplete: save it again',
  })
}

/** Returns the first incomplete image below an index, and true if another is complete. */
function firstIncomplete(
  root: Descriptor,
  nodes: readonly Node[],
  { byDigest, incomplete }: NodeTable,
): [ManifestNode | undefined, boolean] {
  const roleOf = rolesIn(nodes)
  let first: ManifestNode | undefined
  let isOneWhole = false
  // A loop over a set also visits members that are added on the way.
  const within = new Set<string>([root.digest])
  for (const digest of within) {
    const node = byDigest.get(digest)
    if (node?.kind === 'index') for (const child of node.children) within.add(child.digest)
    if (node?.kind !== 'manifest' || roleOf(node.descriptor).kind !== 'image') continue
    if (incomplete.has(digest)) first ??= node
    else isOneWhole = true
  }
  return [first, isOneWhole]
}
