import { tableOf } from '../layer/nodeTable.js'
import { listShort } from '../spec/cut.js'
import { type Digest, isDigest } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import { groupBy } from '../spec/groupBy.js'
import { familiarName, tagOf } from '../spec/reference.js'
import { legalName, nameOf, REF_NAME } from '../store/names.js'
import { type IndexedImage, type Listed, labelOf, namesOf, pointed } from './listed.js'

/** What a selector is compared with: in a layout tools look for ref.name, in an archive for whole names. */
export type By = 'name' | 'ref.name first'

/**
 * The candidates that selectors choose, in the order of the source: `@N` counts from 0; a digest is that of a manifest
 * or a config; a full name or else a tag takes this one name of the image along, the others all.
 * @throws ImageError NOT_FOUND, or FORMAT if several different images fit, with the candidates
 */
export function select(candidates: readonly Listed[], selectors: readonly string[], by: By = 'name'): Listed[] {
  if (selectors.length === 0) return [...candidates]
  const found = groupBy(
    selectors.flatMap((selector) => matches(candidates, selector, by)),
    ({ candidate }) => candidate,
  )
  return candidates.flatMap((candidate) => chosenOf(candidate, found.get(candidate) ?? []))
}

/** The candidate as its matches choose it: whole, or with some of its names, or one of its manifests. */
function chosenOf(candidate: Listed, found: Match[]): Listed[] {
  if (found.length === 0) return []
  const names = found.flatMap(({ name }) => name ?? [])
  if (names.length === found.length) return [withNames(candidate, new Set(names))]
  const children = found.flatMap(({ digest }) => (digest === undefined ? [] : (childOf(candidate, digest) ?? [])))
  return children.length === found.length ? children : [candidate]
}

/** The candidate with entries that point at the manifest, within its index, that the digest is of. */
function childOf(candidate: Listed, digest: Digest): IndexedImage | undefined {
  if (candidate.kind !== 'index') return undefined
  const { byDigest, byConfig } = tableOf(candidate.nodes)
  const named = byDigest.get(digest)
  const child = named?.kind === 'manifest' ? named : byConfig.get(digest)
  return child === undefined || child.descriptor.digest === candidate.entries[0]?.digest
    ? undefined
    : pointed(candidate, child.descriptor)
}

/** The digest that a selector is, also without `sha256:`. */
export function digestSelector(selector: string): Digest | undefined {
  if (isDigest(selector)) return selector
  const digest = `sha256:${selector}`
  return isDigest(digest) ? digest : undefined
}

/** True if a candidate is, or has within it, the content of this digest: a manifest, an index, a config. */
export function hasDigest(candidate: Listed, digest: Digest): boolean {
  if (candidate.kind === 'broken') return candidate.label === digest
  if (candidate.kind === 'v1') return false
  if (candidate.kind === 'item') return [candidate.item.config.digest, candidate.manifestDigest].includes(digest)
  const { byDigest, byConfig } = tableOf(candidate.nodes)
  return (byDigest.get(digest)?.kind ?? 'blob') !== 'blob' || byConfig.has(digest)
}

interface Match {
  candidate: Listed
  /** The name that fitted, if it was one. */
  name?: string
  /** The digest that fitted: maybe that of one manifest of an index. */
  digest?: Digest
}

function matches(candidates: readonly Listed[], selector: string, by: By): Match[] {
  const position = /^@(\d+)$/.exec(selector)?.[1]
  if (position !== undefined) {
    const candidate = candidates[Number(position)]
    if (candidate === undefined) throw notFound(candidates, selector)
    return [{ candidate }]
  }
  const digest = digestSelector(selector)
  const found = digest === undefined ? byName(candidates, selector, by) : byDigest(candidates, digest)
  if (found.length === 0) throw notFound(candidates, selector)
  const labels = new Set(found.map(({ name, candidate }) => name ?? labelOf(candidate)))
  const images = new Set(found.map(({ candidate }) => candidate))
  if (labels.size > 1 && images.size > 1) throw ambiguous(found, selector)
  return found
}

function byDigest(candidates: readonly Listed[], digest: Digest): Match[] {
  return candidates.filter((candidate) => hasDigest(candidate, digest)).map((candidate) => ({ candidate, digest }))
}

function byName(candidates: readonly Listed[], selector: string, by: By): Match[] {
  const refs = by === 'ref.name first' ? candidates.flatMap((candidate) => byRefName(candidate, selector)) : []
  if (refs.length > 0) return refs
  const full = legalName(selector)
  const all = candidates.flatMap((candidate) => namesOf(candidate).map((name) => ({ candidate, name })))
  const exact = all.filter(({ name }) => name === full || name === selector)
  return exact.length > 0 ? exact : all.filter(({ name }) => name.includes(':') && tagOf(name) === selector)
}

function byRefName(candidate: Listed, selector: string): Match[] {
  if (candidate.kind !== 'index') return []
  const entries = candidate.entries.filter(({ annotations }) => annotations?.[REF_NAME] === selector)
  return entries.map((entry) => ({ candidate, name: nameOf(entry, undefined) ?? selector }))
}

function withNames(candidate: Listed, names: ReadonlySet<string>): Listed {
  const chosen = (all: readonly string[]) => all.filter((name) => names.has(name))
  if (candidate.kind === 'broken') return candidate
  if (candidate.kind === 'v1') {
    return { ...candidate, image: { ...candidate.image, names: chosen(candidate.image.names) } }
  }
  if (candidate.kind === 'item') {
    return { ...candidate, item: { ...candidate.item, names: chosen(candidate.item.names) } }
  }
  return { ...candidate, entries: candidate.entries.filter((entry) => names.has(nameOf(entry, undefined) ?? '')) }
}

/** The most names that a hint lists. */
const MOST_LISTED = 20

function notFound(candidates: readonly Listed[], selector: string): ImageError {
  return new ImageError('NOT_FOUND', 'no such image', {
    where: selector,
    hint: `there is ${listShort(candidates.flatMap(everyName), MOST_LISTED)}`,
  })
}

function ambiguous(found: Match[], selector: string): ImageError {
  const names = found.map(({ name, candidate }) => familiarName(name ?? labelOf(candidate)))
  return new ImageError('FORMAT', 'more than one image fits', {
    where: selector,
    hint: `it may be ${listShort(names, MOST_LISTED)}`,
  })
}

function everyName(candidate: Listed): string[] {
  const names = namesOf(candidate).map(familiarName)
  return names.length === 0 ? [labelOf(candidate)] : names
}
