import { LayerStore } from '../archive/layerStore.js'
import { concealing } from '../archive/linkedBlobs.js'
import { collecting } from '../bytes/context.js'
import { describeAll, describeItems } from '../image/describe/describeAll.js'
import type { Described } from '../image/describe/described.js'
import { Faults, type Verified } from '../image/describe/faults.js'
import { type Format, formatOf, likelyWriter } from '../image/describe/writer.js'
import { listImages, selectedBy, withConfigs } from '../image/list.js'
import { select } from '../image/select.js'
import { sourceWith } from '../image/source.js'
import type { ByteSource } from '../io/callerBytes.js'
import { attempt } from '../spec/errors.js'
import type { Warning } from '../spec/warnings.js'
import { SkimPool } from '../store/skimPool.js'
import { type ImageSource, nameOfSource, reasonOf, sourceOf } from '../transport/endpoints.js'
import { openSource } from '../transport/openSource.js'
import type { Place } from '../transport/places.js'
import { assertInspectOptions } from './checkOptions.js'
import type { InspectOptions } from './options.js'

/** The format and content of a source, as the source states them. */
export interface Inspection {
  format: Format
  /** The likely writer; null if unknown. */
  writer: string | null
  /** The compression of the archive as a whole; null if it has none. */
  compression: string | null
  images: Described[]
  /** Oddities of the source. */
  warnings: Warning[]
  /** The result of the checks; null unless the layers were read. */
  verified: Verified | null
}

/**
 * Describes the content of an archive or layout of every kind that `convert` takes. Reads only headers, documents and the
 * first bytes of layers, unless `full`.
 * @throws ImageError; errors of the caller's own stream and callbacks pass through unchanged
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

async function inspectPlace(from: Place | ByteSource, name: string, options: InspectOptions): Promise<Inspection> {
  const { signal, full: isFull = false, strict: isStrict = false } = options
  await using opened = await openSource(from, { name, images: options.images, signal })
  const { context, warnings } = collecting(options)
  const { warn, budget } = context
  const target = { sink: new SkimPool(context.documents), options: { layers: 'keep' as const, jobs: context.jobs } }
  const archive = await opened.input.read({ ...target, context, layers: isFull ? 'all' : 'none' })
  const source = sourceWith(new LayerStore(archive, target))
  const concealed = (fault: unknown) => archive.linked.concealed(fault)
  const faults = new Faults({ warn, isStrict, isOver: () => budget.isSpent, concealed })
  const images = await concealing(archive, async () => {
    const listed = await listImages(source, opened.listing)
    const known = isFull ? await withConfigs(listed, source.layers) : listed
    const items = await describeItems(known, archive)
    const selected = select(known, opened.images, selectedBy(opened.listing))
    return describeAll(selected, { source, isFull, faults, items })
  })
  return {
    format: await formatOf(archive),
    writer: (await likelyWriter(archive)) ?? null,
    compression: opened.input.packing ?? null,
    images,
    warnings: warnings(),
    verified: isFull ? faults.verified : null,
  }
}
