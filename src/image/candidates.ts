import type { Item } from '../docker/table.js'
import type { Descriptor } from '../spec/parse.js'
import { printNormalised } from '../spec/platform.js'
import { familiarName } from '../spec/reference.js'
import type { Node, Root } from '../store/graph.js'
import { nameOf } from '../store/names.js'
import { assertNoRivals } from './rivals.js'

/** What a source lists as an image. */
export type Offer = Candidate | BrokenCandidate

/** An image that a source offers. It has an index entry for each of its names, or an item of manifest.json. */
export type Candidate = IndexCandidate | ItemCandidate

/** An image that the source's index.json has. */
export interface IndexCandidate {
  kind: 'index'
  /** All of the same content. */
  entries: Descriptor[]
  /** What the entries reach. */
  nodes: Node[]
  /** What manifest.json says of the same image with other files, so that these have to be looked at. */
  unchecked: Item[]
}

/** An image that only manifest.json has. */
export interface ItemCandidate {
  kind: 'item'
  item: Item
  /** Known once it was assembled. */
  manifest?: Descriptor
}

/** An image that is listed and cannot be read: only an error if it is wanted. */
export interface BrokenCandidate {
  kind: 'broken'
  /** As {@link namesOf} gives them. */
  names: string[]
  /** What the source calls it otherwise. */
  label: string
  failure: unknown
}

/**
 * The offers as images that can be read.
 * @throws the failure of the first that cannot
 */
export function readable(offers: readonly Offer[]): Candidate[] {
  return offers.map((offer) => {
    if (offer.kind === 'broken') throw offer.failure
    return offer
  })
}

/** Full names of a candidate; bare tags and illegal names of index entries as they stand. */
export function namesOf(candidate: Offer): string[] {
  if (candidate.kind === 'item') return candidate.item.names
  if (candidate.kind === 'broken') return candidate.names
  return candidate.entries.flatMap((entry) => nameOf(entry, undefined) ?? [])
}

/** How messages call a candidate. */
export function labelOf(candidate: Offer): string {
  const [name] = namesOf(candidate)
  if (name !== undefined) return familiarName(name)
  if (candidate.kind === 'broken') return candidate.label
  return candidate.kind === 'item' ? candidate.item.config.digest : (candidate.entries[0]?.digest ?? '')
}

/** The candidate with entries that point at one manifest of its index; names and other annotations stay. */
export function pointed(candidate: IndexCandidate, child: Root): IndexCandidate {
  const entries = candidate.entries.map(({ annotations }) => ({
    ...child,
    ...(annotations == null ? {} : { annotations }),
  }))
  return { ...candidate, entries }
}

/** @throws ImageError FORMAT if one name stands for two images of one platform */
export function assertNamesDiffer(candidates: readonly Candidate[]): void {
  assertNoRivals(
    candidates.flatMap((candidate) =>
      namesOf(candidate).map((name) => ({ name, content: contentOf(candidate), platform: platformOf(candidate) })),
    ),
  )
}

/** The platform that tells an entry of a flat index from its neighbours. */
function platformOf(candidate: Candidate): string | undefined {
  return candidate.kind === 'item' ? undefined : printNormalised(candidate.entries[0]?.platform)
}

function contentOf(candidate: Candidate): string {
  return candidate.kind === 'item' ? candidate.item.config.digest : (candidate.entries[0]?.digest ?? '')
}
