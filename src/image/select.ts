import { tableOf } from '../layer/nodeTable.js'
import { listShort } from '../spec/cut.js'
import { type Digest, isDigest } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import { groupBy } from '../spec/groupBy.js'
import { familiarName, tagOf } from '../spec/reference.js'
import { legalName, nameOf, REF_NAME } from '../store/names.js'
import { type IndexedImage, type Listed, labelOf, namesOf, pointed } from './listed.js'

/** The names that selectors match: tools match ref.name in a layout, and whole names in an archive. */
export type By = 'name' | 'ref.name first'

/**
 * Returns the images that selectors choose, in the order of the source. `@N` counts from 0. A digest is that of a
 * manifest or a config. A full name, or else a tag, selects only this name of the image; the others select all of its
 * names.
 * @throws ImageError NOT_FOUND, or FORMAT with their names if several different images fit
 */
export function select(images: readonly Listed[], selectors: readonly string[], by: By = 'name'): Listed[] {
  if (selectors.length === 0) return [...images]
  const found = groupBy(
    selectors.flatMap((selector) => matches(images, selector, by)),
    ({ listed }) => listed,
  )
  return images.flatMap((listed) => chosenOf(listed, found.get(listed) ?? []))
}

/** Returns the image as its matches choose it: whole, or with some of its names, or one of its manifests. */
function chosenOf(listed: Listed, found: Match[]): Listed[] {
  if (found.length === 0) return []
  const names = found.flatMap(({ name }) => name ?? [])
  if (names.length === found.length) return [withNames(listed, new Set(names))]
  const children = found.flatMap(({ digest }) => (digest === undefined ? [] : (childOf(listed, digest) ?? [])))
  // Its digest and that of its config choose the same manifest.
  const distinct = new Map(children.map((child) => [child.entries[0]?.digest, child]))
  return children.length === found.length ? [...distinct.values()] : [listed]
}

/**
 * Returns the image with entries that point at the manifest in its index that has this digest, or whose config has it.
 */
function childOf(listed: Listed, digest: Digest): IndexedImage | undefined {
  if (listed.kind !== 'index') return undefined
  const { byDigest, byConfig } = tableOf(listed.nodes)
  const named = byDigest.get(digest)
  const child = named?.kind === 'manifest' ? named : byConfig.get(digest)
  return child === undefined || child.descriptor.digest === listed.entries[0]?.digest
    ? undefined
    : pointed(listed, child.descriptor)
}

/** Returns the selector as a digest, with or without `sha256:`; undefined if it is none. */
export function digestSelector(selector: string): Digest | undefined {
  if (isDigest(selector)) return selector
  const digest = `sha256:${selector}`
  return isDigest(digest) ? digest : undefined
}

/** True if an image is or contains a manifest, index or config of this digest. */
export function hasDigest(listed: Listed, digest: Digest): boolean {
  if (listed.kind === 'broken') return listed.label === digest
  if (listed.kind === 'v1') return false
  if (listed.kind === 'item') return listed.item.config.digest === digest || listed.manifestDigests.includes(digest)
  const { byDigest, byConfig } = tableOf(listed.nodes)
  return (byDigest.get(digest)?.kind ?? 'blob') !== 'blob' || byConfig.has(digest)
}

interface Match {
  listed: Listed
  /** The name that matched, if the selector was a name. */
  name?: string
  /** The digest that matched: possibly that of one manifest of an index. */
  digest?: Digest
}

function matches(images: readonly Listed[], selector: string, by: By): Match[] {
  const position = /^@(\d+)$/.exec(selector)?.[1]
  if (position !== undefined) {
    const listed = images[Number(position)]
    if (listed === undefined) throw notFound(images, selector)
    return [{ listed }]
  }
  const digest = digestSelector(selector)
  const found = digest === undefined ? byName(images, selector, by) : byDigest(images, digest)
  if (found.length === 0) throw notFound(images, selector)
  const labels = new Set(found.map(({ name, listed }) => name ?? labelOf(listed)))
  const distinct = new Set(found.map(({ listed }) => listed))
  if (labels.size > 1 && distinct.size > 1) throw ambiguous(found, selector)
  return found
}

function byDigest(images: readonly Listed[], digest: Digest): Match[] {
  return images.filter((listed) => hasDigest(listed, digest)).map((listed) => ({ listed, digest }))
}

function byName(images: readonly Listed[], selector: string, by: By): Match[] {
  const refs = by === 'ref.name first' ? images.flatMap((listed) => byRefName(listed, selector)) : []
  if (refs.length > 0) return refs
  const full = legalName(selector)
  const all = images.flatMap((listed) => namesOf(listed).map((name) => ({ listed, name })))
  const exact = all.filter(({ name }) => name === full || name === selector)
  return exact.length > 0 ? exact : all.filter(({ name }) => name.includes(':') && tagOf(name) === selector)
}

function byRefName(listed: Listed, selector: string): Match[] {
  if (listed.kind !== 'index') return []
  const entries = listed.entries.filter(({ annotations }) => annotations?.[REF_NAME] === selector)
  return entries.map((entry) => ({ listed, name: nameOf(entry, undefined) ?? selector }))
}

function withNames(listed: Listed, names: ReadonlySet<string>): Listed {
  const chosen = (all: readonly string[]) => all.filter((name) => names.has(name))
  if (listed.kind === 'broken') return listed
  if (listed.kind === 'v1') {
    return { ...listed, image: { ...listed.image, names: chosen(listed.image.names) } }
  }
  if (listed.kind === 'item') {
    return { ...listed, item: { ...listed.item, names: chosen(listed.item.names) } }
  }
  return { ...listed, entries: listed.entries.filter((entry) => names.has(nameOf(entry, undefined) ?? '')) }
}

/** Maximum number of names in a hint. */
const MOST_LISTED = 20

function notFound(images: readonly Listed[], selector: string): ImageError {
  return new ImageError('NOT_FOUND', 'no such image', {
    where: selector,
    hint: `there is ${listShort(images.flatMap(everyName), MOST_LISTED)}`,
  })
}

function ambiguous(found: Match[], selector: string): ImageError {
  const names = found.map(({ name, listed }) => familiarName(name ?? labelOf(listed)))
  return new ImageError('FORMAT', 'more than one image matches', {
    where: selector,
    hint: `it may be ${listShort(names, MOST_LISTED)}`,
  })
}

function everyName(listed: Listed): string[] {
  const names = namesOf(listed).map(familiarName)
  return names.length === 0 ? [labelOf(listed)] : names
}
