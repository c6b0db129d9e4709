import type { Archive, Workshop } from './archive/archive.js'
import { archiveBlobs } from './archive/blobSource.js'
import { openPath, openStream } from './archive/input.js'
import type { Bytes } from './bytes/bytes.js'
import { contextOf, type Options } from './bytes/context.js'
import { assemble } from './docker/assemble.js'
import { readV1Table } from './docker/v1Table.js'
import { type BrokenCandidate, namesOf, type Offer } from './image/candidates.js'
import { type Described, UNKNOWN } from './image/described.js'
import { describeEntry } from './image/describeEntry.js'
import { describeItem, describeV1 } from './image/describeItem.js'
import { type Listing, listCandidates } from './image/list.js'
import { select } from './image/select.js'
import { type Format, formatOf, likelyWriter } from './image/writer.js'
import { transfer } from './layer/transfer.js'
import { LISTING, parsePlace } from './places.js'
import { isDigest } from './spec/digest.js'
import { attempt } from './spec/errors.js'
import { type Descriptor, parseManifest } from './spec/parse.js'
import { familiarName } from './spec/reference.js'
import type { Warning } from './spec/warnings.js'
import type { BlobSource } from './store/blobs.js'
import { readDocument } from './store/graph.js'
import { SkimPool } from './store/skimPool.js'

/** What is looked at, and how closely. */
export interface InspectOptions extends Options {
  /** Only these images: tag, full name, digest of manifest or config, or `@N`. All if absent or empty. */
  images?: readonly string[]
  /** Reads the layers too: what they are has to be what is stated, and what is not stated becomes known. */
  full?: boolean
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
 * Says what an archive or layout holds: a place as `convert` takes it as a source, or a stream of an archive's bytes.
 * Of a file only headers, documents and the first bytes of layers are read, unless `full`.
 * @throws ImageError
 */
export async function inspect(source: string | Bytes, options: InspectOptions = {}): Promise<Inspection> {
  const name = typeof source === 'string' ? source : 'a stream'
  try {
    return await attempt(`inspect ${name}`, () => inspectPlace(source, name, options))
  } catch (error) {
    options.signal?.throwIfAborted()
    throw error
  }
}

async function inspectPlace(source: string | Bytes, name: string, options: InspectOptions): Promise<Inspection> {
  const place = typeof source === 'string' ? parsePlace(source) : undefined
  await using input = place
    ? await openPath(place.path, options.signal)
    : await openStream(name, source as Bytes, options.signal)
  const warnings: Warning[] = []
  const context = contextOf({
    ...options,
    onWarning: (warning) => {
      warnings.push(warning)
      options.onWarning?.(warning)
    },
  })
  const workshop: Workshop = {
    sink: new SkimPool(),
    context,
    options: { layers: 'keep', jobs: context.jobs },
    skims: options.full !== true,
  }
  const archive = await input.read(workshop)
  const selector = place?.selector === undefined ? [] : [place.selector]
  const wanted = { images: [...(options.images ?? []), ...selector], listing: LISTING[place?.transport ?? ''] }
  const images = await describeAll(archive, workshop, wanted)
  return {
    format: await formatOf(archive),
    writer: (await likelyWriter(archive)) ?? null,
    compression: input.packing ?? null,
    images,
    warnings,
  }
}

interface Wanted {
  images: readonly string[]
  listing: Listing
}

async function describeAll(archive: Archive, workshop: Workshop, { images, listing }: Wanted): Promise<Described[]> {
  const { warn } = workshop.context
  // Without their layers such images have no config, and so no digest to be selected by.
  if (workshop.skims && images.length === 0) {
    const v1 = (await hasTable(archive)) ? undefined : await readV1Table(archive, warn)
    if (v1 !== undefined) return Promise.all(v1.map((image) => describeV1(image, archive)))
  }
  const source = archiveBlobs(archive)
  const described: Described[] = []
  for (const candidate of select(await listCandidates(archive, source, { listing, warn }), images)) {
    described.push(await describe(candidate, { archive, source, workshop }))
  }
  return described
}

async function hasTable(archive: Archive): Promise<boolean> {
  return (await formatOf(archive)) !== 'docker-archive without manifest.json'
}

async function describe(
  candidate: Offer,
  { archive, source, workshop }: { archive: Archive; source: BlobSource; workshop: Workshop },
): Promise<Described> {
  if (candidate.kind === 'broken') return describeBroken(candidate)
  const { sink, context, options, skims } = workshop
  if (candidate.kind === 'index') {
    if (!skims) await transfer(candidate.entries.slice(0, 1), { source, sink, context, options })
    return describeEntry(candidate, { archive, source, warn: skims ? context.warn : () => {} })
  }
  const image = await describeItem(candidate.item, archive)
  const [manifest] = skims ? [] : await assemble([candidate.item], archive, workshop)
  return manifest === undefined ? image : completed(image, manifest, workshop)
}

function describeBroken(candidate: BrokenCandidate): Described {
  const { failure, label } = candidate
  const names = namesOf(candidate).map(familiarName)
  const problem = failure instanceof Error ? failure.message : String(failure)
  return { ...UNKNOWN, kind: 'broken', names, digest: isDigest(label) ? label : null, present: false, problem }
}

/** What is known once the layers were read. */
async function completed(image: Described, manifest: Descriptor, { sink }: Workshop): Promise<Described> {
  const { layers } = parseManifest(await readDocument(sink, manifest), manifest.digest)
  const complete = image.layers.map((layer, at) => ({ ...layer, ...layers[at] }))
  return { ...image, digest: manifest.digest, mediaType: manifest.mediaType, layers: complete }
}
