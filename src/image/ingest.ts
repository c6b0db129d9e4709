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

/** The images of an archive to store, and the parts of them to leave out. */
export interface Choice {
  /** Selectors; all images if empty. */
  images: readonly string[]
  /** All platforms if empty. */
  platforms: readonly PlatformName[]
  stripAttestations: boolean
  /** Leaves out referrers other than attestations. */
  stripReferrers: boolean
  listing: Listing
}

/** The result of `ingest`. */
interface Ingested {
  images: Stored[]
  /** Digests that indexes among the images list, and that no wanted image reaches. */
  leftOut: ReadonlySet<string>
  /** The compressor of the layers; undefined if no layer was compressed. */
  compressor: string | undefined
}

/**
 * Stores the chosen images of an archive and everything that they reach, in the order of the archive.
 * @throws ImageError
 */
export async function ingest(source: Source, choice: Choice): Promise<Ingested> {
  const { blobs, layers } = source
  const { sink, context } = layers
  const listed = await withConfigs(await listImages(source, choice.listing), layers)
  await learnManifests(listed, choice, layers)
  const asked = select(listed, choice.images, selectedBy(choice.listing))
  const wanted = readable(imagesOnly(asked, { isNamed: choice.images.length > 0, warn: context.warn }))
  warnOfFalseAttestations(wanted, context.warn)
  const isStripped = (image: Listed) => isLeftOut(image, choice)
  const selected = wanted.filter((image) => !isStripped(image))
  await assertNamesDiffer(selected.filter(namesAnImage), blobs)
  const { images: narrowed, unwanted } = await narrow(selected, choice.platforms, blobs)
  const kept = listed.filter((image) => !isStripped(image))
  const chosen = withReferrers(narrowed, { listed: kept, wanted: selected, unwanted, warn: context.warn })
  const indexed = chosen.filter((image) => image.kind === 'index')
  const items = chosen.filter((image) => image.kind === 'item')

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
  for (const image of indexed) stored.set(image, storedFromIndex(image, { documents, now }))
  for (const [at, image] of items.entries()) stored.set(image, storedFromItem(image, manifests[at]))
  const reached = digestsOf(chosen, unwanted)
  const own = new Set(narrowed)
  return {
    images: chosen.flatMap((image) => {
      const entries = stored.get(image)
      if (entries === undefined) return []
      const isReferrer = subjectOf(image) !== undefined
      return [{ ...entries, label: labelOf(image), isReferrer, cameAlong: !own.has(image) }]
    }),
    leftOut: new Set([...unwanted].filter((digest) => !reached.has(digest))),
    compressor: compressor ?? (await layers.compressor()),
  }
}

/**
 * Assembles the images of manifest.json if the user asks for a digest that is not known yet: they have no digest
 * before.
 */
async function learnManifests(listed: readonly Listed[], { images }: Choice, layers: LayerStore): Promise<void> {
  const digests = images.flatMap((selector) => digestSelector(selector) ?? [])
  if (digests.every((digest) => listed.some((image) => hasDigest(image, digest)))) return
  const items = listed.filter((image) => image.kind === 'item')
  const manifests = await assemble(
    items.map(({ item }) => item),
    layers,
  )
  for (const [at, item] of items.entries()) {
    const manifest = manifests[at]
    if (manifest !== undefined) item.manifestDigest = manifest.digest
  }
}

/**
 * Returns the nodes that the images reach, each content once. A node that is present in one image counts as present.
 */
function distinctNodes(images: readonly IndexedImage[]): Node[] {
  const distinct = new Map<string, Node>()
  // Images may share their nodes, however many these are.
  for (const nodes of new Set(images.map((image) => image.nodes))) {
    for (const node of nodes) {
      const { digest } = node.descriptor
      if (isPresent(node) || !distinct.has(digest)) distinct.set(digest, node)
    }
  }
  return [...distinct.values()]
}

/** Index entries, and their digest in the source. */
type StoredEntries = Pick<Stored, 'entries' | 'from'>

interface Rewritten {
  /** New descriptors of the roots, by their old digests. */
  documents: ReadonlyMap<string, Descriptor>
  /** New descriptors of all changed documents, by their old digests. */
  now: NewDocuments
}

function storedFromIndex(image: IndexedImage, { documents, now }: Rewritten): StoredEntries {
  const [first] = image.entries
  const root = documents.get(first?.digest ?? '')
  invariant(root !== undefined && first !== undefined, 'every root that is transferred is returned')
  const { mediaType, digest, size } = root
  const entries = image.entries.map((entry) =>
    following(entry.digest === digest ? entry : repointed(entry, { mediaType, digest, size }), now),
  )
  return { entries, from: first.digest }
}

/** True if the user leaves this image out. */
function isLeftOut(image: Listed, choice: Choice): boolean {
  if (image.kind !== 'index') return false
  const isAttestation = attestedBy(image) !== undefined
  return isAttestation ? choice.stripAttestations : choice.stripReferrers && subjectOf(image) !== undefined
}

function isStrippedRole(role: Role, { stripAttestations, stripReferrers }: Choice): boolean {
  if (role.kind === 'attestation') return stripAttestations
  return stripReferrers && role.kind === 'artifact' && role.about !== undefined
}

function storedFromItem(image: ItemImage, manifest: Descriptor | undefined): StoredEntries {
  invariant(manifest !== undefined, 'every item that is assembled is returned')
  const { names } = image.item
  const entries = names.length === 0 ? [manifest] : names.map((name) => named(manifest, name))
  return { entries, from: null }
}
