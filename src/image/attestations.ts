import { tableOf } from '../layer/nodeTable.js'
import { isFalseAttestation, rolesIn } from '../layer/role.js'
import { groupBy } from '../spec/groupBy.js'
import type { Warn } from '../spec/warnings.js'
import type { IndexedImage, Selected } from './listed.js'

/** Digests of what a candidate attests; undefined unless it is an attestation in each of its entries. */
export function attestedBy(candidate: Selected): string[] | undefined {
  if (candidate.kind === 'item') return undefined
  const roles = candidate.entries.map(rolesIn(candidate.nodes))
  const about = roles.flatMap((role) => (role.kind === 'attestation' ? role.about : []))
  return about.length === roles.length ? about : undefined
}

/** Tells of what is taken for what it is, although a descriptor calls it an attestation; once of each content. */
export function warnOfFalseAttestations(candidates: readonly Selected[], warn: Warn): void {
  const told = new Set<string>()
  const indexed = candidates.filter((candidate) => candidate.kind === 'index')
  // Candidates may share what they reach: it is gone through once.
  for (const [nodes, sharing] of groupBy(indexed, (candidate) => candidate.nodes)) {
    warnOfOne({ entries: sharing.flatMap(({ entries }) => entries), nodes }, told, warn)
  }
}

function warnOfOne({ entries, nodes }: Reaching, told: Set<string>, warn: Warn): void {
  const roleOf = rolesIn(nodes)
  const within = reached({ entries, nodes })
  // Also what an index says of a child that the entries point at themselves, since it was selected.
  const listed = nodes.flatMap((node) => (node.kind === 'index' ? node.children : []))
  for (const entry of [...entries, ...listed]) {
    const { digest } = entry
    const role = roleOf(entry)
    if (!within.has(digest) || told.has(digest) || !isFalseAttestation(entry, role)) continue
    told.add(digest)
    const message = `it is treated as an ${role.kind}, although its descriptor says that it is about other content`
    warn({ code: 'FALSE_ATTESTATION', message, where: digest })
  }
}

type Reaching = Pick<IndexedImage, 'entries' | 'nodes'>

/** Digests of what the entries point at, and of all that indexes among it list and is not left out. */
export function reached({ entries, nodes }: Reaching, leftOut: ReadonlySet<string> = NOTHING): ReadonlySet<string> {
  const { byDigest } = tableOf(nodes)
  const within = new Set<string>(entries.map(({ digest }) => digest))
  // A set goes on to what is added on the way.
  for (const digest of within) {
    const node = byDigest.get(digest)
    for (const child of node?.kind === 'index' ? node.children : []) {
      if (!leftOut.has(child.digest)) within.add(child.digest)
    }
  }
  return within
}

const NOTHING: ReadonlySet<string> = new Set()
