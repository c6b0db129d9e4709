import { shellOf } from '../archive/archiveBlobs.js'
import type { Input } from '../archive/input.js'
import { LayerStore } from '../archive/layerStore.js'
import { concealing } from '../archive/linkedBlobs.js'
import { collecting } from '../bytes/context.js'
import { assertLibdeflate } from '../compression/deflaters.js'
import { type Choice, ingest } from '../image/ingest.js'
import { rename } from '../image/rename.js'
import type { Conversion } from '../image/report.js'
import { sourceWith } from '../image/source.js'
import { inSourceOrder } from '../image/sourceOrder.js'
import type { ByteSource } from '../io/callerBytes.js'
import type { ByteSink } from '../io/callerSink.js'
import { attempt, ImageError } from '../spec/errors.js'
import { parsePlatform, printPlatform } from '../spec/platform.js'
import {
  destinationOf,
  type ImageDestination,
  type ImageSource,
  isPlace,
  nameOfSource,
  reasonOf,
  sourceOf,
} from '../transport/endpoints.js'
import { openSource } from '../transport/openSource.js'
import type { Place } from '../transport/places.js'
import { assertFits, assertOptions } from './checkOptions.js'
import { archiveFormatOf, assertDifferent, openDestination } from './openDestination.js'
import type { ConvertOptions } from './options.js'

/**
 * Converts images between archives and OCI image layouts.
 *
 * The source is a path, `-` for standard input, `docker-archive:PATH[:REF]`, `oci-archive:PATH[:REF]`, `oci:DIR[:REF]`,
 * a file's URL, or an archive's bytes: a Uint8Array, a Node or web stream, or any async iterable of Uint8Arrays. The
 * destination is such a place, or a Node or web stream that receives an archive (`end` says whether to end it). A
 * layout directory is made or added to; an archive file is made. Nothing becomes visible under the destination's name
 * before all of it is checked and on the disk.
 *
 * @throws ImageError; its `code` says whose problem it is. Errors of the caller's own streams and callbacks, and the
 *   signal's reason, are thrown unchanged.
 */
export async function convert(
  source: ImageSource,
  destination: ImageDestination,
  options: ConvertOptions = {},
): Promise<Conversion> {
  const name = nameOfSource(source)
  try {
    return await attempt(`convert ${name}`, () => {
      assertOptions(options)
      return convertPlace(sourceOf(source), destinationOf(destination), { name, options })
    })
  } catch (error) {
    throw reasonOf(error, options)
  }
}

async function convertPlace(
  source: Place | ByteSource,
  to: Place | ByteSink,
  { name, options }: { name: string; options: ConvertOptions },
): Promise<Conversion> {
  assertFits(options, archiveFormatOf(to, options))
  if (isPlace(to) && options.end !== undefined)
    throw new ImageError('USAGE', '`end` is for a stream as the destination')
  if (options.compressor === 'libdeflate') await assertLibdeflate()
  const choice = choiceOf(options)
  options.signal?.throwIfAborted()
  await using opened = await openSource(source, { name, images: options.images, signal: options.signal })
  if (isPlace(source) && isPlace(to)) await assertDifferent(source.path, to)
  const { input, images, listing, repository } = opened
  return await convertInput(input, to, { choice: { ...choice, images, listing }, options, repository })
}

interface Request {
  choice: Choice
  options: ConvertOptions
  /** The repository of the source's bare tags. */
  repository: string | undefined
}

async function convertInput(
  input: Input,
  to: Place | ByteSink,
  { choice, options, repository }: Request,
): Promise<Conversion> {
  const { context, warnings } = collecting(options)
  const isNamed = choice.images.length > 0
  await using target = await openDestination(to, { platforms: choice.platforms, isNamed, options, context, repository })
  const { layers = 'keep', level, compressor: wanted, signal } = options
  const layerTarget = {
    sink: target.pool,
    options: {
      layers,
      jobs: context.jobs,
      signal,
      ...(level === undefined ? {} : { level }),
      ...(wanted === undefined ? {} : { compressor: wanted }),
    },
  }
  const archive = await input.read({ ...layerTarget, context, layers: 'outside blobs' })
  const { addTags = [] } = options
  const tags = [...(options.tags ?? []), ...('selector' in to ? [to.selector] : [])]
  const { reports, compressor } = await concealing(archive, async () => {
    const { images, leftOut, compressor } = await ingest(sourceWith(new LayerStore(archive, layerTarget)), choice)
    const shell = await shellOf(archive)
    const names = { tags, addTags, repository: target.repository }
    const entries = inSourceOrder(rename(images, names), shell)
    const arrival = { entries, isRenamed: tags.length + addTags.length > 0, leftOut, shell }
    return { reports: await target.finish(arrival), compressor }
  })
  return {
    images: reports,
    warnings: warnings(),
    compressor: compressor ?? null,
    bytesRead: context.bytesRead,
    bytesWritten: target.bytesWritten,
  }
}

function choiceOf(options: ConvertOptions): Omit<Choice, 'images' | 'listing'> {
  const { platforms = [], stripAttestations = false, stripReferrers = false } = options
  const wanted = new Map(platforms.map(parsePlatform).map((platform) => [printPlatform(platform), platform]))
  return { platforms: [...wanted.values()], stripAttestations, stripReferrers }
}
