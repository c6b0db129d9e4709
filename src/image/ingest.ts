import type { Listing } from '../archive/fileNames.js'
import type { LayerStore } from '../archive/layerStore.js'
import { assemble, checkLayers } from '../docker/read/assemble.js'
import { type NewDocuments, repointed } from '../layer/edit.js'
import { following } from '../layer/reference.js'
import { type Role, rolesIn } from '../layer/role.js'
import { transfer } from '../layer/transfer.js'
import { invariant } from '../spec/errors.js'
import type { Descriptor } from '../spec/parse.js'
import type { PlatformName } from '../spec/platform.js'
import { isPresent, type Node } from '../store/graph.js'
import { named } from '../store/names.js'
import { attestedBy, warnOfFalseAttestations } from './attestations.js'
import { imagesOnly } from './imagesOnly.js'
import { listImages, selectedBy, withConfigs } from './list.js'
import {
  assertNamesDiffer,
  type IndexedImage,
  type ItemImage,
  type Listed,
  labelOf,
  readable,
  type Selected,
} from './listed.js'
import { narrow } from './platforms.js'
import { digestsOf, namesAnImage, subjectOf, withReferrers } from './referrers.js'
import { digestSelector, hasDigest, select } from './select.js'
import type { Source } from './source.js'
import type { Stored } from './stored.js'

/** Which images of an archive are taken, and what of them. */
export interface Choice {
  /** Selectors; all images if empty. */
  images: readonly string[]
  /** All platforms if empty. */
  platforms: readonly PlatformName[]
  stripAttestations: boolean
  /** Leaves out what is about an image, but for attestations. */
  stripReferrers: boolean
  listing: Listing
}

/** What was stored. */
interface Ingested {
  images: Stored[]
  /** Digests of what indexes among the images list and nothing wanted reaches. */
  leftOut: ReadonlySet<string>
  /** What compressed layers, if any. */
  compressor: string | undefined
}

/**
 * Stores the chosen images of an archive with all that they reach, in the order of the archive.
 * @throws ImageError
 */
export async function ingest(source: Source, choice: Choice): Promise<Ingested> {
  const { blobs, layers } = source
  const { sink, context } = layers
  const listed = await listImages(source, choice.listing)
  const candidates = await withConfigs(listed, layers)
  await learnManifests(candidates, choice, layers)
  const asked = select(candidates, choice.images, selectedBy(choice.listing))
  const wanted = readable(imagesOnly(asked, { isNamed: choice.images.length > 0, warn: context.warn }))
  warnOfFalseAttestations(wanted, context.warn)
  const isStripped = (offer: Listed) => isLeftOut(offer, choice)
  const selected = wanted.filter((candidate) => !isStripped(candidate))
  await assertNamesDiffer(selected.filter(namesAnImage), blobs)
  const { candidates: narrowed, unwanted } = await narrow(selected, choice.platforms, blobs)
  const offers = candidates.filter((offer) => !isStripped(offer))
  const chosen = withReferrers(narrowed, { offers, wanted: selected, unwanted, warn: context.warn })
  const indexed = chosen.filter((candidate) => candidate.kind === 'index')
  const items = chosen.filter((candidate) => candidate.kind === 'item')

  const leaveOut = ({ digest }: Descriptor) => unwanted.has(digest)
  const strips = choice.stripAttestations || choice.stripReferrers
  const roleOf = rolesIn(strips ? distinctNodes(indexed) : [])
  const drop = (child: Descriptor) => strips && isStrippedRole(roleOf(child), choice)
  const options = { ...layers.options, leaveOut, drop }
  const { roots, now, compressor } = await transfer(
    indexed.flatMap(({ entries }) => entries.slice(0, 1)),
    { source: blobs, sink, context, options },
  )
  await checkLayers(
    indexed.flatMap(({ unchecked }) => unchecked),
    layers,
  )
  const manifests = await assemble(
    items.map(({ item }) => item),
    layers,
  )

  const stored = new Map<Selected, StoredEntries>()
  const documents = new Map(roots.map((root, at) => [indexed[at]?.entries[0]?.digest ?? '', root]))
  for (const candidate of indexed) stored.set(candidate, storedFromIndex(candidate, { documents, now }))
  for (const [at, candidate] of items.entries()) stored.set(candidate, storedFromItem(candidate, manifests[at]))
  const reached = digestsOf(chosen, unwanted)
  const own = new Set(narrowed)
  return {
    images: chosen.flatMap((candidate) => {
      const image = stored.get(candidate)
      if (image === undefined) return []
      const isReferrer = subjectOf(candidate) !== undefined
      return [{ ...image, label: labelOf(candidate), isReferrer, cameAlong: !own.has(candidate) }]
    }),
    leftOut: new Set([...unwanted].filter((digest) => !reached.has(digest))),
    compressor: compressor ?? (await layers.compressor()),
  }
}

/** An image of manifest.json has no digest before it is assembled: if one is asked for, that has to happen first. */
async function learnManifests(candidates: readonly Listed[], { images }: Choice, layers: LayerStore): Promise<void> {
  const digests = images.flatMap((selector) => digestSelector(selector) ?? [])
  if (digests.every((digest) => candidates.some((candidate) => hasDigest(candidate, digest)))) return
  const items = candidates.filter((candidate) => candidate.kind === 'item')
  const manifests = await assemble(
    items.map(({ item }) => item),
    layers,
  )
  for (const [at, item] of items.entries()) {
    const manifest = manifests[at]
    if (manifest !== undefined) item.manifestDigest = manifest.digest
  }
}

/** What the candidates reach, each content once; what is there in one of them is there. */
function distinctNodes(candidates: readonly IndexedImage[]): Node[] {
  const distinct = new Map<string, Node>()
  // Candidates may share what they reach, however much it is.
  for (const nodes of new Set(candidates.map((candidate) => candidate.nodes))) {
    for (const node of nodes) {
      const { digest } = node.descriptor
      if (isPresent(node) || !distinct.has(digest)) distinct.set(digest, node)
    }
  }
  return [...distinct.values()]
}

/** Index entries, and what they were made of. */
type StoredEntries = Pick<Stored, 'entries' | 'from'>

interface Rewritten {
  /** What the roots are now, by the digests they had. */
  documents: ReadonlyMap<string, Descriptor>
  /** What all documents became that changed, by the digests they had. */
  now: NewDocuments
}

function storedFromIndex(candidate: IndexedImage, { documents, now }: Rewritten): StoredEntries {
  const [first] = candidate.entries
  const root = documents.get(first?.digest ?? '')
  invariant(root !== undefined && first !== undefined, 'every root that is transferred is returned')
  const { mediaType, digest, size } = root
  const entries = candidate.entries.map((entry) =>
    following(entry.digest === digest ? entry : repointed(entry, { mediaType, digest, size }), now),
  )
  return { entries, from: first.digest }
}

/** True of what the user does not want. */
function isLeftOut(offer: Listed, choice: Choice): boolean {
  if (offer.kind !== 'index') return false
  const isAttestation = attestedBy(offer) !== undefined
  return isAttestation ? choice.stripAttestations : choice.stripReferrers && subjectOf(offer) !== undefined
}

function isStrippedRole(role: Role, { stripAttestations, stripReferrers }: Choice): boolean {
  if (role.kind === 'attestation') return stripAttestations
  return stripReferrers && role.kind === 'artifact' && role.about !== undefined
}

function storedFromItem(candidate: ItemImage, manifest: Descriptor | undefined): StoredEntries {
  invariant(manifest !== undefined, 'every item that is assembled is returned')
  const { names } = candidate.item
  const entries = names.length === 0 ? [manifest] : names.map((name) => named(manifest, name))
  return { entries, from: null }
}
