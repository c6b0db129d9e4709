import { tableOf } from '../layer/nodeTable.js'
import { type RoleOf, rolesIn } from '../layer/role.js'
import { groupBy } from '../spec/groupBy.js'
import type { Descriptor } from '../spec/parse.js'
import type { Warn, Warning } from '../spec/warnings.js'
import type { Node } from '../store/nodes.js'
import { reached } from './attestations.js'
import type { IndexedImage, Listed, Selected } from './listed.js'

/** Returns the digest that a referrer is about; undefined for an image, and for an artifact about nothing. */
export function subjectOf(image: Listed): string | undefined {
  if (image.kind !== 'index') return undefined
  const roles = image.entries.map(rolesIn(image.nodes))
  return roles.flatMap((role) => ('about' in role ? (role.about ?? []) : []))[0]
}

/** True if this is an image or may list one: only these compete for a name. */
export function namesAnImage(image: Listed): boolean {
  if (image.kind !== 'index') return true
  return image.entries.map(rolesIn(image.nodes)).some(({ kind }) => kind === 'image' || kind === 'index')
}

/** The circumstances of a selection. */
interface Selection {
  /** All images that the source lists. */
  listed: readonly Listed[]
  /** The images that were wanted before they were narrowed to some platforms. */
  wanted: readonly Selected[]
  /** Digests that chosen images list and that are not copied. */
  unwanted: ReadonlySet<string>
  warn: Warn
}

/**
 * Returns the chosen images and all listed referrers to them, to these referrers, and so on. Referrers to a wanted
 * image that is not copied are left out with a warning.
 */
export function withReferrers(chosen: readonly Selected[], selection: Selection): Selected[] {
  const { listed, wanted, unwanted, warn } = selection
  const wantedDigests = digestsOf(wanted, new Set())
  const isAboutWanted = (image: Listed) => wantedDigests.has(subjectOf(image) ?? '')
  const kept = withoutOrphans(chosen, { wanted: wantedDigests, unwanted })
  const taken = digestsOf(kept, unwanted)
  const own = new Set<Listed>(kept)
  const possible = [...chosen, ...listed, ...besides(chosen)].filter(isIndexed).filter((one) => !own.has(one))
  const referrers = new Set<IndexedImage>()
  const bySubject = groupBy(possible, subjectOf)
  // A set's iteration includes items added on the way.
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
 * Returns the chosen images without referrers to a wanted image that is not copied, and without referrers to those. A
 * referrer that itself lists its subject stays.
 */
function withoutOrphans(
  chosen: readonly Selected[],
  { wanted, unwanted }: { wanted: ReadonlySet<string>; unwanted: ReadonlySet<string> },
): Selected[] {
  const there = digestsOf(chosen, unwanted)
  const gone = new Set([...wanted].filter((digest) => !there.has(digest)))
  const orphans = new Set<Selected>()
  const bySubject = groupBy(chosen.filter(isIndexed), subjectOf)
  // A set's iteration includes items added on the way.
  for (const digest of gone) {
    for (const one of bySubject.get(digest) ?? []) {
      orphans.add(one)
      gone.add(digestOf(one))
    }
  }
  return chosen.filter((image) => !orphans.has(image))
}

/** Warns of all that refers to an image, directly or through other referrers, and stays behind when it is edited. */
export function warnOfReferrers(images: readonly Selected[], listed: readonly Listed[], warn: Warn): void {
  const about = digestsOf(images, new Set())
  const bySubject = groupBy([...listed.filter(isIndexed), ...besides(images)], subjectOf)
  tellAttestations(images, about, warn)
  // A set's iteration includes items added on the way.
  for (const digest of about) {
    for (const one of bySubject.get(digest) ?? []) {
      const where = digestOf(one)
      if (about.has(where)) continue
      about.add(where)
      warn({
        code: 'LEFT_OUT',
        message: `it is left out, because it is about ${digest}, and not about what is made of it`,
        where,
      })
    }
  }
}

/** Warns of attestations that stay with their index, since only one manifest of it is copied. */
function tellAttestations(chosen: readonly Selected[], taken: ReadonlySet<string>, warn: Warn): void {
  for (const { entry, roleOf } of listedBeside(chosen)) {
    const role = roleOf(entry)
    if (role.kind !== 'attestation' || !taken.has(role.about) || taken.has(entry.digest)) continue
    const message = `it attests ${role.about}, and is left out: only one platform of its index is copied`
    warn({ code: 'LEFT_OUT', message, where: entry.digest })
  }
}

/** Returns the warning that a referrer is not copied because its subject is not. */
function leftOut(where: string, about: string | undefined): Warning {
  return {
    code: 'LEFT_OUT',
    message: `it is left out, because it refers to ${about}, which is not copied unchanged`,
    where,
  }
}

function isIndexed(image: Listed): image is IndexedImage {
  return image.kind === 'index'
}

function digestOf({ entries: [entry] }: IndexedImage): string {
  return entry?.digest ?? ''
}

/** Returns the digests of all manifests and indexes that the images are or list. */
export function digestsOf(images: readonly Selected[], unwanted: ReadonlySet<string>): Set<string> {
  const digests = new Set<string>()
  const seen = new Set<string>()
  for (const image of images.filter(isIndexed)) {
    // Images of one content reach the same digests.
    if (seen.has(digestOf(image))) continue
    seen.add(digestOf(image))
    for (const digest of reached(image, unwanted)) digests.add(digest)
  }
  return digests
}

/** Returns the artifacts that indexes list beside their one copied manifest, as images of their own. */
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

/** Returns the present children of indexes of which one manifest is copied. */
function listedBeside(chosen: readonly Selected[]): ListedChild[] {
  const listed: ListedChild[] = []
  for (const [nodes, [one]] of groupBy(chosen.filter(isIndexed), (image) => image.nodes)) {
    const { byDigest } = tableOf(nodes)
    if (one === undefined || byDigest.get(digestOf(one))?.kind === 'index') continue
    const roleOf = rolesIn(nodes)
    const children = nodes.flatMap((node) => (node.kind === 'index' ? node.children : []))
    const there = children.filter(({ digest }) => byDigest.get(digest)?.kind === 'manifest')
    for (const entry of there) listed.push({ entry, nodes, roleOf })
  }
  return listed
}
