import type { Listing } from '../archive/fileNames.js'
import { repointed } from '../layer/edit.js'
import { following } from '../layer/reference.js'
import { type Role, rolesIn } from '../layer/role.js'
import { invariant } from '../spec/errors.js'
import type { Descriptor } from '../spec/parse.js'
import type { PlatformName } from '../spec/platform.js'
import { isPresent, type Node } from '../store/nodes.js'
import { attestedBy, warnOfFalseAttestations } from './attestations.js'
import { type Carried, Carrier } from './carry.js'
import { imagesOnly } from './imagesOnly.js'
import { listImages, selectedBy, withConfigs } from './list.js'
import { type Listed, labelOf, readable, type Selected } from './listed.js'
import { narrow } from './platforms.js'
import { digestsOf, namesAnImage, subjectOf, withReferrers } from './referrers.js'
import { digestSelector, hasDigest, select } from './select.js'
import { assertNamesDiffer } from './sharedNames.js'
import type { Source } from './source.js'
import { itemEntries, type Stored } from './stored.js'

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
  const { context } = layers
  const carrier = new Carrier(source)
  const listed = await withConfigs(await listImages(source, choice.listing), layers)
  await learnManifests(listed, choice, carrier)
  const asked = select(listed, choice.images, selectedBy(choice.listing))
  const wanted = readable(imagesOnly(asked, { isNamed: choice.images.length > 0, warn: context.warn }))
  warnOfFalseAttestations(wanted, context.warn)
  const isStripped = (image: Listed) => isLeftOut(image, choice)
  const selected = wanted.filter((image) => !isStripped(image))
  await assertNamesDiffer(selected.filter(namesAnImage), blobs)
  const { images: narrowed, unwanted } = await narrow(selected, choice.platforms, blobs)
  const kept = listed.filter((image) => !isStripped(image))
  const chosen = withReferrers(narrowed, { listed: kept, wanted: selected, unwanted, warn: context.warn })

  const leaveOut = ({ digest }: Descriptor) => unwanted.has(digest)
  const strips = choice.stripAttestations || choice.stripReferrers
  const roleOf = rolesIn(strips ? distinctNodes(chosen) : [])
  const drop = (child: Descriptor) => strips && isStrippedRole(roleOf(child), choice)
  const carried = await carrier.carry(chosen, { leaveOut, drop })
  const reached = digestsOf(chosen, unwanted)
  const own = new Set(narrowed)
  return {
    images: chosen.map((image) => {
      const isReferrer = subjectOf(image) !== undefined
      return { ...storedFrom(image, carried), label: labelOf(image), isReferrer, cameAlong: !own.has(image) }
    }),
    leftOut: new Set([...unwanted].filter((digest) => !reached.has(digest))),
    compressor: carried.compressor ?? (await layers.compressor()),
  }
}

/**
 * Finds digests of images of manifest.json if the user asks for a digest that is not known yet: they have none before.
 * One with layers as they are counts as much as one with layers as they are wanted.
 */
async function learnManifests(listed: readonly Listed[], { images }: Choice, carrier: Carrier): Promise<void> {
  const digests = images.flatMap((selector) => digestSelector(selector) ?? [])
  const areKnown = () => digests.every((digest) => listed.some((image) => hasDigest(image, digest)))
  if (areKnown()) return
  const items = listed.filter((image) => image.kind === 'item')
  for (const [at, { digest }] of (await carrier.present(items)).entries()) items[at]?.manifestDigests.push(digest)
  if (areKnown()) return
  const { roots } = await carrier.carry(items)
  for (const item of items) item.manifestDigests.push(roots.get(item)?.digest ?? '')
}

/**
 * Returns the nodes that the images reach, each content once. A node that is present in one image counts as present.
 */
function distinctNodes(images: readonly Selected[]): Node[] {
  const distinct = new Map<string, Node>()
  // Images may share their nodes, however many these are.
  for (const nodes of new Set(images.flatMap((image) => (image.kind === 'index' ? [image.nodes] : [])))) {
    for (const node of nodes) {
      const { digest } = node.descriptor
      if (isPresent(node) || !distinct.has(digest)) distinct.set(digest, node)
    }
  }
  return [...distinct.values()]
}

/** Index entries, and their digest in the source. */
type StoredEntries = Pick<Stored, 'entries' | 'from'>

function storedFrom(image: Selected, { roots, now }: Carried): StoredEntries {
  const root = roots.get(image)
  invariant(root !== undefined, 'every image that is carried is returned')
  if (image.kind === 'item') return { entries: itemEntries(image, root), from: null }
  const [first] = image.entries
  const { mediaType, digest, size } = root
  const entries = image.entries.map((entry) =>
    following(entry.digest === digest ? entry : repointed(entry, { mediaType, digest, size }), now),
  )
  return { entries, from: first?.digest ?? null }
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
