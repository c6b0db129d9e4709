import type { Archive } from '../archive/archive.js'
import { readIndexOf } from '../archive/archiveBlobs.js'
import { cutOff } from '../archive/cutOff.js'
import { type Listing, MANIFEST_FILE } from '../archive/fileNames.js'
import type { LayerStore } from '../archive/layerStore.js'
import { noImages } from '../archive/notAnImage.js'
import type { BrokenItem, Item } from '../docker/read/item.js'
import { readManifestJSON } from '../docker/read/manifestJSON.js'
import { itemOfV1, readV1Images } from '../docker/read/v1Images.js'
import { endsWork, ImageError } from '../spec/errors.js'
import { groupBy } from '../spec/groupBy.js'
import { NO_TEXT, warnOfMissing, warnOfOddities } from '../spec/oddities.js'
import { type Descriptor, DOCUMENT_LIMIT, parseLayoutFile } from '../spec/parse.js'
import { printPlatform } from '../spec/platform.js'
import { familiarName } from '../spec/reference.js'
import type { Warn } from '../spec/warnings.js'
import { claimedDigest, INDEX_FILE, LAYOUT_FILE, LAYOUT_VERSION } from '../store/layout/layoutNames.js'
import { IMAGE_NAME, nameOf, REF_NAME, settled } from '../store/names.js'
import { GraphWalks } from '../store/walks.js'
import { Docker25Repair } from './docker25Repair.js'
import { ManifestJoiner, onlyInManifest } from './joinManifest.js'
import type { Listed } from './listed.js'
import type { By } from './select.js'
import type { Source } from './source.js'
import { warnOfUnreached } from './unreached.js'

/** Returns the kind of name that selectors match in a source with this listing. */
export function selectedBy(listing: Listing): By {
  return listing === INDEX_FILE ? 'ref.name first' : 'name'
}

/** A source whose layers are not needed. */
type Listable = Pick<Source, 'archive' | 'blobs'>

/**
 * Returns the images of an archive, each once. Index entries come first and stay as they are; manifest.json adds the
 * images and names that the index lacks.
 * @param settle returns an index entry whose two names agree; by default with a warning if they did not
 * @throws ImageError FORMAT, INTEGRITY, NOT_FOUND
 */
export async function listImages(source: Listable, listing: Listing, settle: Settle = withOneName): Promise<Listed[]> {
  const { archive } = source
  const { warn } = archive.context
  const hasIndex = (await archive.find(INDEX_FILE)) !== undefined
  const items = await readManifestJSON(archive, warn)
  const v1 = hasIndex || items !== undefined ? undefined : await readV1Images(archive, warn)
  assertListed(archive, { listing, hasManifest: (items ?? v1) !== undefined, hasIndex })
  if (v1 !== undefined && v1.length > 0) return v1.map((image) => ({ kind: 'v1', image }))
  if (archive.isCut && !hasIndex && items?.some(isOfLayout) === true) throw cutOff(INDEX_FILE, archive)
  const groups = hasIndex ? await groupsOf(archive, settle) : []
  if (hasIndex && groups.length === 0 && items !== undefined) {
    const message = 'it lists no image, as some Docker 25 wrote it; manifest.json is used instead'
    warn({ code: 'EMPTY_INDEX', message, where: INDEX_FILE })
  }
  const images = await joined(groups, items ?? [], source)
  const entries = groups.flat()
  if (hasIndex) await warnOfUnreached(archive, { images, entries, items: items ?? [] }, warn)
  if (images.length > 0) return images
  throw new ImageError('NOT_FOUND', 'there is no image in the archive', { where: archive.name })
}

/**
 * Returns the images with configs for those of version 1. Their layers are stored, since the configs follow from them.
 */
export async function withConfigs(images: readonly Listed[], layers: LayerStore): Promise<Listed[]> {
  const known: Listed[] = []
  for (const image of images) {
    if (image.kind !== 'v1') known.push(image)
    else known.push({ kind: 'item', item: await itemOfV1(image.image, layers), manifestDigests: [] })
  }
  return known
}

function assertListed(
  archive: Archive,
  { listing, hasManifest, hasIndex }: { listing: Listing; hasManifest: boolean; hasIndex: boolean },
): void {
  if (!hasManifest && !hasIndex) throw noImages(archive)
  if (listing === undefined || (listing === MANIFEST_FILE ? hasManifest : hasIndex)) return
  throw new ImageError('NOT_FOUND', `there is no ${listing}`, {
    where: archive.name,
    hint: `it is ${hasIndex ? 'an OCI layout' : 'a docker archive'}: use its prefix, or only the path`,
  })
}

/** True if an image's layers are blobs of a layout. */
function isOfLayout(item: Item | BrokenItem): boolean {
  return 'layers' in item && item.layers.some((path) => claimedDigest(path) !== undefined)
}

/** Returns the index entries, grouped by content and platform. Warns of oddities in the layout's own files. */
async function groupsOf(archive: Archive, settle: Settle): Promise<Descriptor[][]> {
  const { warn } = archive.context
  await checkLayoutFile(archive, warn)
  const read = await readIndexOf(archive)
  if (read === undefined) return []
  const { index, end, isText } = read
  warnOfOddities({ kind: 'index', value: index, bytes: end, where: INDEX_FILE }, warn)
  warnOfMissing('index', { value: index, where: INDEX_FILE }, warn)
  if (!isText) warn({ ...NO_TEXT, where: INDEX_FILE })
  const keyOf = ({ digest, platform }: Descriptor) => `${digest} ${printPlatform(platform) ?? ''}`
  const entries = (index.manifests ?? []).map((entry) => settle(entry, warn))
  return [...groupBy(entries, keyOf).values()]
}

type Settle = (entry: Descriptor, warn: Warn) => Descriptor

function withOneName(entry: Descriptor, warn: Warn): Descriptor {
  const agreeing = settled(entry)
  if (agreeing === undefined) return entry
  const { [IMAGE_NAME]: stated, [REF_NAME]: ref } = entry.annotations ?? {}
  const message = `its ${IMAGE_NAME} is ${stated}, but its ${REF_NAME} is ${ref}; the latter is used as its name`
  warn({ code: 'NAMES_DIFFER', message, where: familiarName(nameOf(agreeing, undefined) ?? entry.digest) })
  return agreeing
}

/**
 * Warns of a missing or odd oci-layout file. Only some readers look at it, and the meaning of the index does not depend
 * on it.
 */
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

/**
 * Returns the images of the index, joined with their items of manifest.json, and the images that only manifest.json
 * has.
 */
async function joined(
  groups: Descriptor[][],
  listed: readonly (Item | BrokenItem)[],
  { archive, blobs }: Listable,
): Promise<Listed[]> {
  const { budget, warn } = archive.context
  const sight = { archive, repair: new Docker25Repair(listed, archive), walks: new GraphWalks(blobs, budget) }
  const images: Listed[] = []
  for (const entries of groups) {
    images.push(await listedImage(entries, sight))
    await archive.context.breathe()
  }
  const adopter = new ManifestJoiner(images, { warn, budget })
  for (const item of listed) {
    if ('failure' in item) {
      if (!adopter.passOver(item)) images.push({ kind: 'broken', ...item })
    } else if (!(await adopter.adopt(item))) {
      images.push({ kind: 'item', item, manifestDigests: [] })
      if (groups.length > 0) warn(onlyInManifest(item.names[0] ?? item.config.digest, 'an image'))
    }
  }
  return images
}

interface Sight {
  archive: Archive
  repair: Docker25Repair
  walks: GraphWalks
}

async function listedImage(entries: Descriptor[], { archive, repair, walks }: Sight): Promise<Listed> {
  try {
    const item = await repair.replacedItem(entries)
    if (item !== undefined) return { kind: 'item', item, manifestDigests: [] }
    const nodes = await walks.nodesOf(entries)
    const absent = archive.isCut ? nodes.find(({ kind }) => kind === 'absent' || kind === 'missing') : undefined
    if (absent !== undefined) throw cutOff(`${absent.descriptor.digest}, which an index names,`, archive)
    return { kind: 'index', entries, nodes, unchecked: [] }
  } catch (failure) {
    if (endsWork(failure) || archive.context.budget.isSpent) throw failure
    const names = entries.flatMap((entry) => nameOf(entry, undefined) ?? [])
    return { kind: 'broken', names, label: entries[0]?.digest ?? '', failure }
  }
}
