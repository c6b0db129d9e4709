import type { Archive } from '../archive/archive.js'
import { MANIFEST_FILE } from '../archive/tables.js'
import { type Item, noTable, readTable } from '../docker/table.js'
import { itemOfV1, readV1Table } from '../docker/v1Table.js'
import { assertCount } from '../layer/check.js'
import { attempt, ImageError } from '../spec/errors.js'
import { type Descriptor, DOCUMENT_LIMIT, type Manifest, parseLayoutFile } from '../spec/parse.js'
import { printPlatform } from '../spec/platform.js'
import { familiarName, tagOf } from '../spec/reference.js'
import type { Warn } from '../spec/warnings.js'
import type { BlobSource } from '../store/blobs.js'
import { type Node, type Root, walkGraph } from '../store/graph.js'
import { claimedDigest, INDEX_FILE, LAYOUT_FILE, LAYOUT_VERSION } from '../store/layoutFiles.js'
import { named, nameOf, unnamed } from '../store/names.js'
import { assertNoRivals } from './rivals.js'

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

/** How the user said that the archive lists its images; undefined to take what there is. */
export type Listing = typeof MANIFEST_FILE | typeof INDEX_FILE | undefined

/**
 * The images of an archive, each once. Index entries come first and stay as they are; manifest.json adds the images
 * and names that the index lacks.
 * @throws ImageError FORMAT, INTEGRITY, NOT_FOUND
 */
export async function listCandidates(
  archive: Archive,
  source: BlobSource,
  { listing, warn }: { listing: Listing; warn: Warn },
): Promise<Candidate[]> {
  const hasIndex = (await archive.find(INDEX_FILE)) !== undefined
  const items = (await readTable(archive, warn)) ?? (hasIndex ? undefined : await v1Items(archive, warn))
  assertListed(archive, { listing, hasManifest: items !== undefined, hasIndex })
  if (hasIndex) await checkLayoutFile(archive, warn)
  const fromIndex = hasIndex ? await indexCandidates(source) : []
  const candidates: Candidate[] = [...fromIndex]
  for (const item of items ?? []) {
    const owner = fromIndex.find((candidate) => manifestOf(candidate, item) !== undefined)
    if (owner !== undefined) await adopt(owner, item, warn)
    else {
      if (fromIndex.length > 0) warn(onlyInManifest(item.names[0] ?? item.config.digest, 'an image'))
      candidates.push({ kind: 'item', item })
    }
  }
  if (candidates.length > 0) return candidates
  throw new ImageError('NOT_FOUND', 'there is no image in the archive', { where: archive.name })
}

/** Full names of a candidate; bare tags and illegal names of index entries as they stand. */
export function namesOf(candidate: Candidate): string[] {
  if (candidate.kind === 'item') return candidate.item.names
  return candidate.entries.flatMap((entry) => nameOf(entry, undefined) ?? [])
}

/** How messages call a candidate. */
export function labelOf(candidate: Candidate): string {
  const [name] = namesOf(candidate)
  if (name !== undefined) return familiarName(name)
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
  if (!hasManifest && !hasIndex) throw noTable(archive)
  if (listing === undefined || (listing === MANIFEST_FILE ? hasManifest : hasIndex)) return
  throw new ImageError('NOT_FOUND', `there is no ${listing}`, {
    where: archive.name,
    hint: `it is ${hasIndex ? 'an OCI layout' : 'a docker archive'}: name it so, or give the path alone`,
  })
}

/** Readers differ in whether they look at it; what the index says does not depend on it. */
async function checkLayoutFile(archive: Archive, warn: Warn): Promise<void> {
  const bytes = await archive.read(LAYOUT_FILE, DOCUMENT_LIMIT)
  const version = bytes === undefined ? undefined : parseLayoutFile(bytes, LAYOUT_FILE).imageLayoutVersion
  if (version === LAYOUT_VERSION) return
  const message =
    version === undefined
      ? 'there is no such file beside index.json'
      : `its version is ${version}, not ${LAYOUT_VERSION}`
  warn({ code: 'LAYOUT_FILE', message, where: LAYOUT_FILE })
}

async function indexCandidates(source: BlobSource): Promise<IndexCandidate[]> {
  const groups = new Map<string, Descriptor[]>()
  for (const entry of (await source.index()).manifests ?? []) {
    const key = `${entry.digest} ${printPlatform(entry.platform) ?? ''}`
    groups.set(key, [...(groups.get(key) ?? []), entry])
  }
  const candidates: IndexCandidate[] = []
  for (const entries of groups.values()) {
    const nodes = await walkGraph(source, entries.slice(0, 1))
    candidates.push({ kind: 'index', entries, nodes, unchecked: [] })
  }
  return candidates
}

/** The manifest of the candidate that is of the item's image: that with the same config. */
function manifestOf({ nodes }: IndexCandidate, { config }: Item): Manifest | undefined {
  for (const node of nodes) {
    if (node.kind === 'manifest' && node.document.config.digest === config.digest) return node.document
  }
  return undefined
}

/** Takes over the names of an item whose image the index has, and notes what of it remains to be checked. */
async function adopt(owner: IndexCandidate, item: Item, warn: Warn): Promise<void> {
  await attempt(`image ${item.names[0] ?? item.config.digest}`, async () =>
    assertCount(item.diffIDs.length, item.layers.length),
  )
  const layers = manifestOf(owner, item)?.layers ?? []
  const isSame = item.layers.every((path, at) => claimedDigest(path) === layers[at]?.digest)
  if (!isSame) owner.unchecked.push(item)
  for (const name of item.names) {
    if (owner.entries.some((entry) => nameOf(entry, undefined) === name)) continue
    const at = owner.entries.findIndex((entry) => awaitsName(entry, name))
    const [first] = owner.entries
    if (first === undefined) return
    if (at >= 0) {
      owner.entries[at] = named(owner.entries[at] ?? first, name)
    } else {
      warn(onlyInManifest(name, 'a name'))
      owner.entries.push(named(unnamed(first), name))
    }
  }
}

/** True of an entry without a name, or with no more of one than this tag. */
function awaitsName(entry: Descriptor, fullName: string): boolean {
  const name = nameOf(entry, undefined)
  return name === undefined || name === tagOf(fullName)
}

function onlyInManifest(where: string, what: string) {
  return {
    code: 'MANIFEST_ONLY',
    message: `manifest.json has ${what} that index.json lacks; it is added`,
    where,
  } as const
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
  return candidate.kind === 'item' ? undefined : printPlatform(candidate.entries[0]?.platform)
}

function contentOf(candidate: Candidate): string {
  return candidate.kind === 'item' ? candidate.item.config.digest : (candidate.entries[0]?.digest ?? '')
}
