import { tableOf } from '../layer/nodeTable.js'
import { isFalseAttestation, rolesIn } from '../layer/role.js'
import { groupBy } from '../spec/groupBy.js'
import type { Warn } from '../spec/warnings.js'
import type { IndexedImage, Selected } from './listed.js'

/** Returns the digests that an image attests; undefined unless each of its entries is an attestation. */
export function attestedBy(image: Selected): string[] | undefined {
  if (image.kind === 'item') return undefined
  const roles = image.entries.map(rolesIn(image.nodes))
  const about = roles.flatMap((role) => (role.kind === 'attestation' ? role.about : []))
  return about.length === roles.length ? about : undefined
}

/** Warns once of each content that is not treated as an attestation although a descriptor calls it one. */
export function warnOfFalseAttestations(images: readonly Selected[], warn: Warn): void {
  const told = new Set<string>()
  const indexed = images.filter((image) => image.kind === 'index')
  // Images may share their nodes: they are walked once.
  for (const [nodes, sharing] of groupBy(indexed, (image) => image.nodes)) {
    warnOfOne({ entries: sharing.flatMap(({ entries }) => entries), nodes }, told, warn)
  }
}

function warnOfOne({ entries, nodes }: Reaching, told: Set<string>, warn: Warn): void {
  const roleOf = rolesIn(nodes)
  const within = reached({ entries, nodes })
  // An entry may point at a child of an index: the index's own descriptor of it counts, too.
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

/** Returns the digests of the entries and of everything that indexes among them list, except for those left out. */
export function reached({ entries, nodes }: Reaching, leftOut: ReadonlySet<string> = NOTHING): ReadonlySet<string> {
  const { byDigest } = tableOf(nodes)
  const within = new Set<string>(entries.map(({ digest }) => digest))
  // A set's iteration includes items added on the way.
  for (const digest of within) {
    const node = byDigest.get(digest)
    for (const child of node?.kind === 'index' ? node.children : []) {
      if (!leftOut.has(child.digest)) within.add(child.digest)
    }
  }
  return within
}

const NOTHING: ReadonlySet<string> = new Set()
