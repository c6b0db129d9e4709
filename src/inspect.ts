import type { Archive, Workshop } from './archive/archive.js'
import { archiveBlobs } from './archive/blobSource.js'
import { openPath, openStream } from './archive/input.js'
import { concealing } from './archive/linkedBlobs.js'
import type { ByteSource } from './bytes/callerBytes.js'
import { collecting, type Options } from './bytes/context.js'
import { assemble, checkLayers } from './docker/assemble.js'
import type { Item } from './docker/table.js'
import { readV1Table, type V1Image } from './docker/v1Table.js'
import { type ImageSource, isPlace, nameOfSource, reasonOf, sourceOf } from './endpoints.js'
import { warnOfFalseAttestations } from './image/attestations.js'
import {
  type IndexCandidate,
  type ItemCandidate,
  labelOf,
  namesInConflict,
  namesOf,
  type Offer,
} from './image/candidates.js'
import { checkEntry } from './image/checkEntry.js'
import { type Described, UNKNOWN } from './image/described.js'
import { describeEntry } from './image/describeEntry.js'
import { describeItem, describeV1 } from './image/describeItem.js'
import { Faults, type Verified } from './image/faults.js'
import { type Listing, listCandidates, selectedBy } from './image/list.js'
import { isImageOffer } from './image/referrers.js'
import { select } from './image/select.js'
import { type Format, formatOf, likelyWriter } from './image/writer.js'
import { warnOfGraph } from './layer/transfer.js'
import { assertInspectOptions } from './options.js'
import { LISTING, type Place } from './places.js'
import { isDigest } from './spec/digest.js'
import { attempt, ImageError } from './spec/errors.js'
import type { Descriptor } from './spec/parse.js'
import { familiarName } from './spec/reference.js'
import type { Warning } from './spec/warnings.js'
import type { BlobSource } from './store/blobs.js'
import { type Node, readDocument } from './store/graph.js'
import { INDEX_FILE } from './store/layoutFiles.js'
import { SkimPool } from './store/skimPool.js'

/** What is looked at, and how closely. */
export interface InspectOptions extends Options {
  /** Only these images: tag, full name, digest of manifest or config, or `@N`. All if absent or empty. */
  images?: readonly string[] | undefined
  /**
   * Reads the layers too, and checks that they are what is stated; what is not stated becomes known. What is wrong is
   * told as the image's problem, and an error only if `strict`.
   */
  full?: boolean | undefined
}

/** What a source is and holds, as it states it. */
export interface Inspection {
  format: Format
  /** Who likely wrote it; null if nothing tells. */
  writer: string | null
  /** How the archive is compressed as a whole; null if it is not. */
  compression: string | null
  images: Described[]
  /** What is odd about it. */
  warnings: Warning[]
  /** What was checked; null unless the layers were read. */
  verified: Verified | null
}

/**
 * Says what an archive or layout holds: any source that `convert` takes.
 * Of a file only headers, documents and the first bytes of layers are read, unless `full`.
 * @throws ImageError; what the caller's own stream and callbacks throw is thrown as it is
 */
export async function inspect(source: ImageSource, options: InspectOptions = {}): Promise<Inspection> {
  const name = nameOfSource(source)
  try {
    return await attempt(`inspect ${name}`, () => {
      assertInspectOptions(options)
      options.signal?.throwIfAborted()
      return inspectPlace(sourceOf(source), name, options)
    })
  } catch (error) {
    throw reasonOf(error, options)
  }
}

async function inspectPlace(source: Place | ByteSource, name: string, options: InspectOptions): Promise<Inspection> {
  const place = isPlace(source) ? source : undefined
  const selector = place?.selector === undefined ? [] : [place.selector]
  const images = [...(options.images ?? []), ...selector]
  if (images.includes('')) throw new ImageError('USAGE', 'the selector of an image is empty')
  await using input = isPlace(source)
    ? await openPath(source.path, options.signal)
    : await openStream(name, source, options.signal)
  const { context, warnings } = collecting(options)
  const workshop: Workshop = {
    sink: new SkimPool(context.documents),
    context,
    options: { layers: 'keep', jobs: context.jobs },
    looking: options.full === true ? 'full' : 'skim',
  }
  const archive = await input.read(workshop)
  const isStrict = options.strict === true
  const { warn, budget } = context
  const concealed = (fault: unknown) => archive.linked.concealed(fault)
  const faults = new Faults({ warn, isStrict, isOver: () => budget.isSpent, concealed })
  const sight = { archive, workshop, faults }
  const described = await concealing(archive, () =>
    describeAll(sight, { images, listing: LISTING[place?.transport ?? ''] }),
  )
  return {
    format: await formatOf(archive),
    writer: (await likelyWriter(archive)) ?? null,
    compression: input.packing ?? null,
    images: described,
    warnings: warnings(),
    verified: options.full === true ? faults.verified : null,
  }
}

/** What is looked at, and how. */
interface Sight {
  archive: Archive
  workshop: Workshop
  faults: Faults
}

/** The same, and what is known of it already. */
interface Whole extends Sight {
  items: ReadonlyMap<Item, Described>
  /** What was described: several entries may reach the same. */
  seen: Set<readonly Node[]>
}

interface Wanted {
  images: readonly string[]
  listing: Listing
}

async function describeAll(sight: Sight, { images, listing }: Wanted): Promise<Described[]> {
  const { archive, workshop } = sight
  const { warn } = workshop.context
  const isFull = workshop.looking === 'full'
  const hasTable = (await formatOf(archive)) !== 'docker-archive without manifest.json'
  const v1 = isFull || hasTable || listing === INDEX_FILE ? undefined : await readV1Table(archive, warn)
  if (v1 !== undefined) {
    const described: Described[] = []
    for (const image of chosen(v1, images)) described.push(await describeV1(image, archive))
    return described
  }
  const source = archiveBlobs(archive)
  const offers = await listCandidates(archive, source, { listing, warn })
  const items = await describeItems(offers, archive)
  const selected = select(offers, images, selectedBy(listing))
  const candidates = selected.filter((offer) => offer.kind !== 'broken')
  warnOfFalseAttestations(candidates, warn)
  const conflicts = await namesInConflict(candidates.filter(isImageOffer), source)
  const described: Described[] = []
  const all = { ...sight, items, seen: new Set<readonly Node[]>() }
  for (const offer of selected) {
    const image = await describe(offer, all, source).catch((fault: unknown) => brokenBy(fault, offer, sight.faults))
    const conflict = offer.kind === 'broken' ? undefined : conflicts.get(offer)
    const problem = conflict === undefined ? undefined : sight.faults.note(conflict, labelOf(offer))
    described.push(withProblems(image, [problem]))
  }
  return described
}

/** An offer of which not even what it states can be shown. @throws the fault if it is none of the offer's */
function brokenBy(fault: unknown, offer: Offer, faults: Faults): Described {
  const problem = faults.note(fault, labelOf(offer))
  const digest = offer.kind === 'index' ? (offer.entries[0]?.digest ?? null) : null
  return { ...UNKNOWN, kind: 'broken', names: namesOf(offer).map(familiarName), digest, problem }
}

/** The image, with what else is wrong with it. */
function withProblems(image: Described, found: readonly (string | undefined)[]): Described {
  const problems = [image.problem ?? undefined, ...found].filter((problem) => problem !== undefined)
  return { ...image, problem: problems.length === 0 ? null : [...new Set(problems)].join('; ') }
}

/** Describes the images of manifest.json, so that each can be chosen by the digest that is shown of it. */
async function describeItems(offers: readonly Offer[], archive: Archive): Promise<Map<Item, Described>> {
  const described = new Map<Item, Described>()
  for (const offer of offers) {
    if (offer.kind !== 'item') continue
    // What cannot be shown is told of when its turn has come.
    const shown = await describeItem(offer.item, archive).catch(() => undefined)
    if (shown === undefined) continue
    const { digest, mediaType } = shown
    if (digest !== null && mediaType !== null) offer.manifest = { digest, mediaType, size: 0 }
    described.set(offer.item, shown)
  }
  return described
}

/** Of images whose configs are not known, those that selectors choose by name or position. */
function chosen(images: readonly V1Image[], selectors: readonly string[]): V1Image[] {
  const offers = images.map(({ names, layers }): Offer => {
    return { kind: 'broken', names, label: layers.at(-1)?.id ?? '', failure: undefined }
  })
  const places = new Map(offers.map((offer, at) => [offer, at]))
  return select(offers, selectors).flatMap((offer) => images[places.get(offer) ?? -1] ?? [])
}

async function describe(offer: Offer, sight: Whole, source: BlobSource): Promise<Described> {
  const { faults } = sight
  if (offer.kind === 'broken') {
    const names = namesOf(offer).map(familiarName)
    const problem = faults.note(offer.failure, names[0] ?? offer.label)
    const digest = isDigest(offer.label) ? offer.label : null
    return { ...UNKNOWN, kind: 'broken', names, digest, present: false, problem }
  }
  return offer.kind === 'index' ? describeIndexed(offer, sight, source) : describeListed(offer, sight)
}

/** Tells of a problem that can be seen without reading layers. */
function noteStated({ problem }: Described, where: string, { faults, archive }: Sight): void {
  if (problem !== null) faults.note(new ImageError('NOT_FOUND', problem, { where: archive.name }), where)
}

async function describeIndexed(offer: IndexCandidate, sight: Whole, source: BlobSource): Promise<Described> {
  const { archive, workshop, faults, seen } = sight
  const { warn, budget } = workshop.context
  const isKnown = seen.has(offer.nodes)
  // What many entries reach is told of each, which must not be too much.
  if (isKnown) budget.steps.take(offer.nodes.length)
  seen.add(offer.nodes)
  warnOfGraph(offer.entries, offer.nodes, warn)
  const described = await describeEntry(offer, { archive, source, warn })
  if (workshop.looking !== 'full') {
    noteStated(described, labelOf(offer), sight)
    return described
  }
  const found: (string | undefined)[] = isKnown ? [] : await checkEntry(offer, { archive, source, faults })
  found.push(await faults.check(labelOf(offer), () => checkLayers(offer.unchecked, archive, workshop)))
  return withProblems(described, found)
}

async function describeListed(offer: ItemCandidate, sight: Whole): Promise<Described> {
  const { archive, workshop, faults, items } = sight
  const image = items.get(offer.item) ?? (await describeItem(offer.item, archive))
  if (workshop.looking !== 'full') {
    noteStated(image, labelOf(offer), sight)
    return image
  }
  let complete = image
  const problem = await faults.check(labelOf(offer), async () => {
    const [manifest] = await assemble([offer.item], archive, workshop)
    if (manifest !== undefined) complete = await completed(image, manifest, workshop)
    for (const diffID of offer.item.diffIDs) faults.layers.add(diffID)
    faults.images.add(offer.item.config.digest)
  })
  return withProblems(complete, [problem])
}

/** What is known once the layers were read. */
async function completed(image: Described, manifest: Descriptor, { sink }: Workshop): Promise<Described> {
  const { layers } = (await readDocument(sink, manifest)).manifest()
  const complete = image.layers.map((layer, at) => ({ ...layer, ...layers[at] }))
  return { ...image, digest: manifest.digest, mediaType: manifest.mediaType, layers: complete }
}
