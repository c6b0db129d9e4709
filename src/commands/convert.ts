import { statSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { sep } from 'node:path'
import { shellOf } from '../archive/archiveBlobs.js'
import type { Input } from '../archive/input.js'
import { LayerStore } from '../archive/layerStore.js'
import { concealing } from '../archive/linkedBlobs.js'
import { type Context, collecting } from '../bytes/context.js'
import { assertLibdeflate } from '../compression/deflaters.js'
import { type Choice, ingest } from '../image/ingest.js'
import { rename } from '../image/rename.js'
import type { Conversion } from '../image/report.js'
import { sourceWith } from '../image/source.js'
import { inSourceOrder } from '../image/sourceOrder.js'
import type { ByteSource } from '../io/callerBytes.js'
import type { ByteSink } from '../io/callerSink.js'
import type { ArchiveFormat } from '../spec/archiveFormat.js'
import { attempt, ImageError, isSystemError } from '../spec/errors.js'
import { parsePlatform, printPlatform } from '../spec/platform.js'
import { epochIn } from '../spec/time.js'
import { openArchiveDestination } from '../transport/archiveDestination.js'
import type { Destination } from '../transport/destination.js'
import {
  destinationOf,
  type ImageDestination,
  type ImageSource,
  isPlace,
  nameOfSource,
  reasonOf,
  sourceOf,
} from '../transport/endpoints.js'
import { openLayoutDestination } from '../transport/layoutDestination.js'
import { openSource } from '../transport/openSource.js'
import { isArchivePlace, type Place, type Transport } from '../transport/places.js'
import { assertFits, assertOptions } from './checkOptions.js'
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
  assertFits(options, formatOf(to, options))
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
  await using target = await openDestination(to, { choice, options, context, repository })
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

function openDestination(
  to: Place | ByteSink,
  { choice, options, context, repository }: Request & { context: Context },
): Promise<Destination> {
  const { signal, end, force = false, replace = true, uname = '', typeBits = true, timeZone = 'UTC' } = options
  const format = formatOf(to, options)
  const stopping = signal === undefined ? {} : { signal }
  if (format === undefined) return openLayoutDestination((to as Place).path, { context, replace, ...stopping })
  const exporting = {
    format,
    headers: { uname, typeBits },
    epoch: epochIn(timeZone),
    platforms: choice.platforms,
    isNamed: choice.images.length > 0,
  }
  return openArchiveDestination(to, { context, repository, end, force, exporting, ...stopping })
}

/** Formats allowed with the prefix of a place. An archive in the format docker is an OCI layout, too. */
const FORMATS_OF: Record<Transport, readonly ArchiveFormat[]> = {
  oci: [],
  'docker-archive': ['docker', 'docker-25', 'docker-legacy'],
  'oci-archive': ['docker', 'oci'],
}

/** Returns the format of the archive; undefined for a layout directory. */
function formatOf(to: Place | ByteSink, { format }: ConvertOptions): ArchiveFormat | undefined {
  if (!isPlace(to)) return format ?? 'docker'
  if (!isArchivePlace(to)) return undefined
  if (format === undefined) return to.transport === 'oci-archive' ? 'oci' : 'docker'
  if (to.transport === undefined || FORMATS_OF[to.transport].includes(format)) return format
  throw new ImageError('USAGE', `${to.transport}: and the format ${format} contradict each other`, {
    hint: 'give the path alone, or another format',
  })
}

function choiceOf(options: ConvertOptions): Omit<Choice, 'images' | 'listing'> {
  const { platforms = [], stripAttestations = false, stripReferrers = false } = options
  const wanted = new Map(platforms.map(parsePlatform).map((platform) => [printPlatform(platform), platform]))
  return { platforms: [...wanted.values()], stripAttestations, stripReferrers }
}

async function assertDifferent(path: string, to: Place): Promise<void> {
  const [from, destination] = await Promise.all([existing(path), existing(to.path)])
  if (from === undefined || destination === undefined) return
  if (from !== destination && (!isArchivePlace(to) || !isWithin(destination, from)) && !isSameFile(from, destination)) {
    return
  }
  throw new ImageError('USAGE', 'source and destination are the same', { where: path })
}

/** True if the archive would replace a file of the directory that it is made from. */
function isWithin(destination: string, from: string): boolean {
  return destination.startsWith(from.endsWith(sep) ? from : `${from}${sep}`)
}

/** True if two paths name the same file. */
function isSameFile(one: string, other: string): boolean {
  const [a, b] = [statSync(one), statSync(other)]
  return a.dev === b.dev && a.ino === b.ino
}

async function existing(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}
