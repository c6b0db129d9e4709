import { archiveBlobs } from '../archive/archiveBlobs.js'
import type { Listing } from '../archive/fileNames.js'
import { openPath, openStream } from '../archive/input.js'
import { LayerStore } from '../archive/layerStore.js'
import { concealing } from '../archive/linkedBlobs.js'
import { collecting } from '../bytes/context.js'
import { describeAll, describeItems } from '../image/describe/describeAll.js'
import type { Described } from '../image/describe/described.js'
import { Faults, type Verified } from '../image/describe/faults.js'
import { type Format, formatOf, likelyWriter } from '../image/describe/writer.js'
import { listImages, selectedBy, withConfigs } from '../image/list.js'
import { select } from '../image/select.js'
import type { ByteSource } from '../io/callerBytes.js'
import { attempt, ImageError } from '../spec/errors.js'
import type { Warning } from '../spec/warnings.js'
import { SkimPool } from '../store/skimPool.js'
import { type ImageSource, isPlace, nameOfSource, reasonOf, sourceOf } from '../transport/endpoints.js'
import { listingOf, type Place } from '../transport/places.js'
import { assertInspectOptions } from './checkOptions.js'
import type { InspectOptions } from './options.js'

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
  const isFull = options.full === true
  const target = {
    sink: new SkimPool(context.documents),
    options: { layers: 'keep' as const, jobs: context.jobs },
  }
  const archive = await input.read({ ...target, context, layers: isFull ? 'all' : 'none' })
  const isStrict = options.strict === true
  const { warn, budget } = context
  const concealed = (fault: unknown) => archive.linked.concealed(fault)
  const faults = new Faults({ warn, isStrict, isOver: () => budget.isSpent, concealed })
  const sight = { layers: new LayerStore(archive, target), isFull, faults }
  const described = await concealing(archive, () =>
    describeChosen(sight, { images, listing: place && listingOf(place) }),
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
  layers: LayerStore
  isFull: boolean
  faults: Faults
}

interface Wanted {
  images: readonly string[]
  listing: Listing
}

async function describeChosen(sight: Sight, { images, listing }: Wanted): Promise<Described[]> {
  const { layers, isFull } = sight
  const { archive, context } = layers
  const source = archiveBlobs(archive)
  const listed = await listImages(archive, source, { listing, warn: context.warn })
  const offers = isFull ? await withConfigs(listed, layers) : listed
  const items = await describeItems(offers, archive)
  return describeAll(select(offers, images, selectedBy(listing)), { ...sight, source, items })
}
