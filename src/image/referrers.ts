import { tableOf } from '../layer/nodeTable.js'
import { type RoleOf, rolesIn } from '../layer/role.js'
import { groupBy } from '../spec/groupBy.js'
import type { Descriptor } from '../spec/parse.js'
import type { Warn, Warning } from '../spec/warnings.js'
import type { Node } from '../store/graph.js'
import { reached } from './attestations.js'
import type { IndexedImage, Listed, Selected } from './listed.js'

/** Says of a candidate what it is about: digest of another; undefined for an image, and for what is about nothing. */
export function subjectOf(candidate: Listed): string | undefined {
  if (candidate.kind !== 'index') return undefined
  const roles = candidate.entries.map(rolesIn(candidate.nodes))
  return roles.flatMap((role) => ('about' in role ? (role.about ?? []) : []))[0]
}

/** True of an image, or of what may list one: of what competes for a name. */
export function namesAnImage(offer: Listed): boolean {
  if (offer.kind !== 'index') return true
  return offer.entries.map(rolesIn(offer.nodes)).some(({ kind }) => kind === 'image' || kind === 'index')
}

/** What a selection was made of. */
interface Selection {
  /** All that the source offers. */
  offers: readonly Listed[]
  /** What was wanted before it was cut down to some platforms. */
  wanted: readonly Selected[]
  /** Digests of what the chosen candidates list and is not taken. */
  unwanted: ReadonlySet<string>
  warn: Warn
}

/**
 * The chosen candidates with what else is offered and is about what they reach, or about that, and so on; without what
 * is about something that was wanted and is not taken, which is told.
 */
export function withReferrers(chosen: readonly Selected[], selection: Selection): Selected[] {
  const { offers, wanted, unwanted, warn } = selection
  const wantedDigests = digestsOf(wanted, new Set())
  const isAboutWanted = (candidate: Listed) => wantedDigests.has(subjectOf(candidate) ?? '')
  const kept = withoutOrphans(chosen, { wanted: wantedDigests, unwanted })
  const taken = digestsOf(kept, unwanted)
  const own = new Set<Listed>(kept)
  const possible = [...chosen, ...offers, ...besides(chosen)].filter(isIndexed).filter((one) => !own.has(one))
  const referrers = new Set<IndexedImage>()
  const bySubject = groupBy(possible, subjectOf)
  // A set goes on to what is added on the way.
  for (const digest of taken) {
    for (const one of bySubject.get(digest) ?? []) {
      if (taken.has(digestOf(one))) continue
      referrers.add(one)
      for (const carried of reached(one, unwanted)) taken.add(carried)
    }
  }
  const left = possible.filter((one) => isAboutWanted(one) && !taken.has(digestOf(one)))
  for (const [digest, [one]] of groupBy(left, digestOf)) if (one !== undefined) warn(leftOut(digest, subjectOf(one)))
  tellAttestations(kept, taken, warn)
  return [...kept, ...referrers]
}

/**
 * The chosen candidates without what is about something that was wanted and is not taken, and what is about that. What
 * is about something that it lists itself stays.
 */
function withoutOrphans(
  chosen: readonly Selected[],
  { wanted, unwanted }: { wanted: ReadonlySet<string>; unwanted: ReadonlySet<string> },
): Selected[] {
  const there = digestsOf(chosen, unwanted)
  const gone = new Set([...wanted].filter((digest) => !there.has(digest)))
  const orphans = new Set<Selected>()
  const bySubject = groupBy(chosen.filter(isIndexed), subjectOf)
  // A set goes on to what is added on the way.
  for (const digest of gone) {
    for (const one of bySubject.get(digest) ?? []) {
      orphans.add(one)
      gone.add(digestOf(one))
    }
  }
  return chosen.filter((candidate) => !orphans.has(candidate))
}

/** Attestations stay with their index, of which one manifest alone may have been taken. */
function tellAttestations(chosen: readonly Selected[], taken: ReadonlySet<string>, warn: Warn): void {
  for (const { entry, roleOf } of listedBeside(chosen)) {
    const role = roleOf(entry)
    if (role.kind !== 'attestation' || !taken.has(role.about) || taken.has(entry.digest)) continue
    const message = `it attests ${role.about}, and is left out: it belongs to an index, of which one platform alone is copied`
    warn({ code: 'LEFT_OUT', message, where: entry.digest })
  }
}

/** That something is not copied, since what it is about is not. */
function leftOut(where: string, about: string | undefined): Warning {
  return {
    code: 'LEFT_OUT',
    message: `it is left out, since ${about}, which it is about, is not copied as it was`,
    where,
  }
}

function isIndexed(offer: Listed): offer is IndexedImage {
  return offer.kind === 'index'
}

function digestOf({ entries: [entry] }: IndexedImage): string {
  return entry?.digest ?? ''
}

/** Digests of all manifests and indexes that candidates are or list. */
export function digestsOf(candidates: readonly Selected[], unwanted: ReadonlySet<string>): Set<string> {
  const digests = new Set<string>()
  const seen = new Set<string>()
  for (const candidate of candidates.filter(isIndexed)) {
    // Candidates of one content reach the same.
    if (seen.has(digestOf(candidate))) continue
    seen.add(digestOf(candidate))
    for (const digest of reached(candidate, unwanted)) digests.add(digest)
  }
  return digests
}

/** Artifacts that indexes list beside the one manifest that was taken of them, as candidates of their own. */
function besides(chosen: readonly Selected[]): IndexedImage[] {
  return listedBeside(chosen).flatMap(({ entry, nodes, roleOf }) =>
    roleOf(entry).kind === 'artifact' ? { kind: 'index', entries: [entry], nodes, unchecked: [] } : [],
  )
}

interface ListedChild {
  entry: Descriptor
  nodes: readonly Node[]
  roleOf: RoleOf
}

/** What is there of what indexes list of which one manifest was taken. */
function listedBeside(chosen: readonly Selected[]): ListedChild[] {
  const listed: ListedChild[] = []
  for (const [nodes, [one]] of groupBy(chosen.filter(isIndexed), (candidate) => candidate.nodes)) {
    const { byDigest } = tableOf(nodes)
    if (one === undefined || byDigest.get(digestOf(one))?.kind === 'index') continue
    const roleOf = rolesIn(nodes)
    const children = nodes.flatMap((node) => (node.kind === 'index' ? node.children : []))
    const there = children.filter(({ digest }) => byDigest.get(digest)?.kind === 'manifest')
    for (const entry of there) listed.push({ entry, nodes, roleOf })
  }
  return listed
}
