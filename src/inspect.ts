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
  assertNamesDiffer,
  type BrokenCandidate,
  type IndexCandidate,
  namesOf,
  type Offer,
} from './image/candidates.js'
import { checkEntry } from './image/checkEntry.js'
import { type Described, UNKNOWN } from './image/described.js'
import { describeEntry } from './image/describeEntry.js'
import { describeItem, describeV1 } from './image/describeItem.js'
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
  /** Reads the layers too: what they are has to be what is stated, and what is not stated becomes known. */
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
  const sight = { archive, workshop, strict: options.strict === true }
  const described = await concealing(archive, () =>
    describeAll(sight, { images, listing: LISTING[place?.transport ?? ''] }),
  )
  return {
    format: await formatOf(archive),
    writer: (await likelyWriter(archive)) ?? null,
    compression: input.packing ?? null,
    images: described,
    warnings: warnings(),
  }
}

/** What is looked at, and how. */
interface Sight {
  archive: Archive
  workshop: Workshop
  strict: boolean
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
  await assertNamesDiffer(candidates.filter(isImageOffer), source)
  const described: Described[] = []
  const all = { ...sight, items, seen: new Set<readonly Node[]>() }
  for (const offer of selected) described.push(await describe(offer, all, source))
  return described
}

/** Describes the images of manifest.json, so that each can be chosen by the digest that is shown of it. */
async function describeItems(offers: readonly Offer[], archive: Archive): Promise<Map<Item, Described>> {
  const described = new Map<Item, Described>()
  for (const offer of offers) {
    if (offer.kind !== 'item') continue
    const shown = await describeItem(offer.item, archive)
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
  const { archive, workshop, strict, items } = sight
  const isFull = workshop.looking === 'full'
  if (offer.kind === 'broken') {
    if (strict || isFull) throw offer.failure
    return describeBroken({ ...offer, failure: archive.linked.concealed(offer.failure) })
  }
  if (offer.kind === 'index') return describeIndexed(offer, sight, source)
  const image = items.get(offer.item) ?? (await describeItem(offer.item, archive))
  const [manifest] = isFull ? await assemble([offer.item], archive, workshop) : []
  return manifest === undefined ? image : completed(image, manifest, workshop)
}

async function describeIndexed(offer: IndexCandidate, sight: Whole, source: BlobSource): Promise<Described> {
  const { archive, workshop, strict, seen } = sight
  const { warn, budget } = workshop.context
  const isKnown = seen.has(offer.nodes)
  // What many entries reach is told of each, which must not be too much.
  if (isKnown) budget.steps.take(offer.nodes.length)
  seen.add(offer.nodes)
  warnOfGraph(offer.entries, offer.nodes, warn)
  const described = await describeEntry(offer, { archive, source, warn })
  if (strict && described.problem !== null) {
    throw new ImageError('NOT_FOUND', described.problem, { where: described.digest ?? archive.name })
  }
  if (workshop.looking !== 'full') return described
  if (!isKnown) await checkEntry(offer, { archive, source })
  await checkLayers(offer.unchecked, archive, workshop)
  return described
}

function describeBroken(candidate: BrokenCandidate): Described {
  const { failure, label } = candidate
  const names = namesOf(candidate).map(familiarName)
  const problem = failure instanceof Error ? failure.message : String(failure)
  return { ...UNKNOWN, kind: 'broken', names, digest: isDigest(label) ? label : null, present: false, problem }
}

/** What is known once the layers were read. */
async function completed(image: Described, manifest: Descriptor, { sink }: Workshop): Promise<Described> {
  const { layers } = (await readDocument(sink, manifest)).manifest()
  const complete = image.layers.map((layer, at) => ({ ...layer, ...layers[at] }))
  return { ...image, digest: manifest.digest, mediaType: manifest.mediaType, layers: complete }
}
