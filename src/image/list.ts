import type { Archive } from '../archive/archive.js'
import { readIndexOf } from '../archive/blobSource.js'
import { noImages } from '../archive/notAnImage.js'
import { MANIFEST_FILE } from '../archive/tables.js'
import { type BrokenItem, type Item, readTable } from '../docker/table.js'
import { itemOfV1, readV1Table } from '../docker/v1Table.js'
import { tableOf } from '../layer/nodeTable.js'
import { endsWork, ImageError } from '../spec/errors.js'
import { groupBy } from '../spec/groupBy.js'
import { warnOfOddities } from '../spec/oddities.js'
import { type Descriptor, DOCUMENT_LIMIT, parseLayoutFile } from '../spec/parse.js'
import { printPlatform } from '../spec/platform.js'
import type { Warn } from '../spec/warnings.js'
import type { BlobSource } from '../store/blobs.js'
import type { Node } from '../store/graph.js'
import { INDEX_FILE, LAYOUT_FILE, LAYOUT_VERSION } from '../store/layoutFiles.js'
import { nameOf } from '../store/names.js'
import { Adopter, onlyInManifest } from './adopt.js'
import type { Offer } from './candidates.js'
import { Walks } from './nodes.js'
import { Slips } from './slips.js'

/** How the user said that the archive lists its images; undefined to take what there is. */
export type Listing = typeof MANIFEST_FILE | typeof INDEX_FILE | undefined

/** Where images are looked for. */
interface Place {
  archive: Archive
  source: BlobSource
  warn: Warn
}

/**
 * The images of an archive, each once. Index entries come first and stay as they are; manifest.json adds the images
 * and names that the index lacks.
 * @throws ImageError FORMAT, INTEGRITY, NOT_FOUND
 */
export async function listCandidates(
  archive: Archive,
  source: BlobSource,
  { listing, warn }: { listing: Listing; warn: Warn },
): Promise<Offer[]> {
  const place = { archive, source, warn }
  const hasIndex = (await archive.find(INDEX_FILE)) !== undefined
  const items = (await readTable(archive, warn)) ?? (hasIndex ? undefined : await v1Items(archive, warn))
  assertListed(archive, { listing, hasManifest: items !== undefined, hasIndex })
  const groups = hasIndex ? await groupsOf(place) : []
  if (hasIndex && groups.length === 0 && items !== undefined) {
    const message = 'it lists no image, as that of some Docker 25; those of manifest.json are taken'
    warn({ code: 'EMPTY_INDEX', message, where: INDEX_FILE })
  }
  const candidates = await joined(groups, items ?? [], place)
  if (candidates.length > 0) return candidates
  throw new ImageError('NOT_FOUND', 'there is no image in the archive', { where: archive.name })
}

/** The images of an archive that has neither table, with their layers stored: what they are is known only then. */
async function v1Items(archive: Archive, warn: Warn): Promise<Item[] | undefined> {
  const images = await readV1Table(archive, warn)
  if (images === undefined) return undefined
  const items = []
  for (const one of images) items.push(await itemOfV1(one, archive, async (file) => (await archive.layer(file)).diffID))
  return items
}

function assertListed(
  archive: Archive,
  { listing, hasManifest, hasIndex }: { listing: Listing; hasManifest: boolean; hasIndex: boolean },
): void {
  if (!hasManifest && !hasIndex) throw noImages(archive)
  if (listing === undefined || (listing === MANIFEST_FILE ? hasManifest : hasIndex)) return
  throw new ImageError('NOT_FOUND', `there is no ${listing}`, {
    where: archive.name,
    hint: `it is ${hasIndex ? 'an OCI layout' : 'a docker archive'}: name it so, or give the path alone`,
  })
}

/** Entries of the index that are of the same content, and on the way what is odd about the layout's own files. */
async function groupsOf({ archive, warn }: Place): Promise<Descriptor[][]> {
  await checkLayoutFile(archive, warn)
  const read = await readIndexOf(archive)
  if (read === undefined) return []
  const { index, end } = read
  warnOfOddities({ kind: 'index', value: index, bytes: end, where: INDEX_FILE }, warn)
  const keyOf = ({ digest, platform }: Descriptor) => `${digest} ${printPlatform(platform) ?? ''}`
  return [...groupBy(index.manifests ?? [], keyOf).values()]
}

/** Readers differ in whether they look at it; what the index says does not depend on it. */
async function checkLayoutFile(archive: Archive, warn: Warn): Promise<void> {
  const bytes = await archive.read(LAYOUT_FILE, DOCUMENT_LIMIT)
  const file = bytes === undefined ? undefined : parseLayoutFile(bytes, LAYOUT_FILE)
  if (file !== undefined)
    warnOfOddities({ kind: 'oci-layout', value: file, ...(bytes && { bytes }), where: LAYOUT_FILE }, warn)
  const version = file?.imageLayoutVersion
  if (version === LAYOUT_VERSION) return
  const message =
    version === undefined
      ? 'there is no such file beside index.json'
      : `its version is ${version}, not ${LAYOUT_VERSION}`
  warn({ code: 'LAYOUT_FILE', message, where: LAYOUT_FILE })
}

/** Images of the index, with what manifest.json says of them, and those that only manifest.json has. */
async function joined(groups: Descriptor[][], listed: readonly (Item | BrokenItem)[], place: Place): Promise<Offer[]> {
  const { archive, source, warn } = place
  const { budget } = archive.context
  const sight = { ...place, slips: new Slips(listed, place), walks: new Walks(source) }
  const adopter = new Adopter({ warn, budget })
  const offers: Offer[] = []
  const owners = new Map<string, Offer>()
  const seen = new Set<readonly Node[]>()
  for (const entries of groups) {
    const offer = await candidateOf(entries, sight)
    offers.push(offer)
    for (const digest of newConfigsOf(offer, seen)) if (!owners.has(digest)) owners.set(digest, offer)
    await archive.context.breathe()
  }
  for (const item of listed) {
    const offer = await offerOf(item, { owners, adopter })
    if (offer === undefined) continue
    offers.push(offer)
    if (offer.kind === 'item' && groups.length > 0)
      warn(onlyInManifest(offer.item.names[0] ?? offer.item.config.digest, 'an image'))
  }
  return offers
}

/** The item as an image of its own, unless the index has the image. */
async function offerOf(
  item: Item | BrokenItem,
  { owners, adopter }: { owners: ReadonlyMap<string, Offer>; adopter: Adopter },
): Promise<Offer | undefined> {
  if ('failure' in item) return { kind: 'broken', ...item }
  const owner = owners.get(item.config.digest)
  if (owner === undefined) return { kind: 'item', item }
  if (owner.kind === 'index') await adopter.adopt(owner, item)
  return undefined
}

interface Sight extends Place {
  slips: Slips
  walks: Walks
}

async function candidateOf(entries: Descriptor[], { archive, slips, walks }: Sight): Promise<Offer> {
  try {
    const item = await slips.replacedItem(entries)
    if (item !== undefined) return { kind: 'item', item }
    return { kind: 'index', entries, nodes: await walks.nodesOf(entries), unchecked: [] }
  } catch (failure) {
    if (endsWork(failure) || archive.context.budget.isSpent) throw failure
    const names = entries.flatMap((entry) => nameOf(entry, undefined) ?? [])
    return { kind: 'broken', names, label: entries[0]?.digest ?? '', failure }
  }
}

/** The same of what was not seen yet: offers may share what they reach. */
function newConfigsOf(offer: Offer, seen: Set<readonly Node[]>): Iterable<string> {
  if (offer.kind !== 'index') return configsOf(offer)
  if (seen.has(offer.nodes)) return []
  seen.add(offer.nodes)
  return configsOf(offer)
}

/** Digests of the configs of all its images. */
function configsOf(candidate: Offer): Iterable<string> {
  if (candidate.kind === 'broken') return []
  if (candidate.kind === 'item') return [candidate.item.config.digest]
  return tableOf(candidate.nodes).byConfig.keys()
}
