import { realpath } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { type Input, openPath, openStream } from './archive/input.js'
import type { Bytes } from './bytes/bytes.js'
import { type Context, contextOf, type Options } from './bytes/context.js'
import type { Listing } from './image/candidates.js'
import { type Choice, ingest } from './image/ingest.js'
import { rename } from './image/rename.js'
import { isArchivePlace, type Place, parsePlace } from './places.js'
import { type Conversion, reportOf } from './report.js'
import { LAYER_CHOICES, type LayerChoice } from './spec/compression.js'
import { attempt, ImageError, isSystemError } from './spec/errors.js'
import type { Descriptor } from './spec/parse.js'
import { parsePlatform, printPlatform } from './spec/platform.js'
import { familiarName } from './spec/reference.js'
import type { Warning } from './spec/warnings.js'
import { openLayoutSink } from './store/layoutSink.js'
import { mergeEntries } from './store/merge.js'
import { IMAGE_NAME, REF_NAME } from './store/names.js'

/** What is converted, and how. */
export interface ConvertOptions extends Options {
  /** Only these images: tag, full name, digest of manifest or config, or `@N`. All if absent or empty. */
  images?: readonly string[]
  /** Of multi-platform images only these platforms, `os/arch[/variant]`. All if absent or empty. */
  platforms?: readonly string[]
  /** Names of the image at the destination, replacing its own. A bare tag keeps the repository. Only with one image. */
  tags?: readonly string[]
  /** Further names. Only with one image. */
  addTags?: readonly string[]
  /** What happens to layer bytes; `keep`, which changes none, if absent. */
  layers?: LayerChoice
  /** Compression level of the algorithm chosen with `layers`; its default if absent. */
  level?: number
  /** Leaves attestation manifests out; indexes that list them get new digests. */
  stripAttestations?: boolean
}

/**
 * Converts the images of an archive into an OCI image layout directory, which is made or added to.
 *
 * The source is a path, `-` for standard input, `docker-archive:PATH[:REF]`, `oci-archive:PATH[:REF]`, `oci:DIR[:REF]`,
 * or a stream of an archive's bytes; the destination a path or `oci:DIR[:REF]`. Nothing becomes visible at the destination before all of
 * it is there, checked and on the disk.
 *
 * @throws ImageError; its `code` says whose problem it is. What the signal aborts with is thrown as it is.
 */
export async function convert(
  source: string | Bytes,
  destination: string,
  options: ConvertOptions = {},
): Promise<Conversion> {
  const name = typeof source === 'string' ? source : 'a stream'
  try {
    return await attempt(`convert ${name}`, () => convertPlace(source, destination, { name, options }))
  } catch (error) {
    // Whatever the abortion made fail.
    options.signal?.throwIfAborted()
    throw error
  }
}

async function convertPlace(
  source: string | Bytes,
  destination: string,
  { name, options }: { name: string; options: ConvertOptions },
): Promise<Conversion> {
  const to = parsePlace(destination)
  assertLayoutPlace(to, destination)
  assertOptions(options)
  const choice = choiceOf(options)
  options.signal?.throwIfAborted()
  if (typeof source !== 'string') {
    await using input = await openStream(name, source, options.signal)
    return await convertInput(input, to, { choice, options })
  }
  const { path, selector, transport } = parsePlace(source)
  await using input = await openPath(path, options.signal)
  await assertDifferent(path, to)
  const images = selector === undefined ? choice.images : [...choice.images, selector]
  return await convertInput(input, to, { choice: { ...choice, images, listing: LISTING[transport ?? ''] }, options })
}

async function convertInput(
  input: Input,
  to: Place,
  { choice, options }: { choice: Choice; options: ConvertOptions },
): Promise<Conversion> {
  const warnings: Warning[] = []
  const context = contextOf({
    ...options,
    onWarning: (warning) => {
      warnings.push(warning)
      options.onWarning?.(warning)
    },
  })
  const { layers = 'keep', level } = options
  await using sink = await openLayoutSink(to.path)
  const workshop = { sink, context, options: { layers, jobs: context.jobs, ...(level === undefined ? {} : { level }) } }
  const images = await ingest(await input.read(workshop), workshop, choice)

  const repository = basename(resolve(to.path)).toLowerCase()
  const tags = [...(options.tags ?? []), ...(to.selector === undefined ? [] : [to.selector])]
  const entries = rename(images, { tags, addTags: options.addTags ?? [], repository })
  const reports = []
  for (const { entry, from } of entries) reports.push(await reportOf(entry, { source: sink, repository, from }))

  options.signal?.throwIfAborted()
  const roots = entries.map(({ entry }) => entry)
  const onTaken = (entry: Descriptor) => warnOfTaken(entry, context)
  await attempt(`write ${to.path}`, () =>
    sink.commit(roots, (current) => mergeEntries(current, roots, { repository, onTaken })),
  )
  return { images: reports, warnings, bytesRead: context.bytesRead, bytesWritten: sink.bytesWritten }
}

function choiceOf({ images = [], platforms = [], stripAttestations = false }: ConvertOptions): Choice {
  if (images.includes('')) throw new ImageError('USAGE', 'the selector of an image is empty')
  const wanted = new Map(platforms.map(parsePlatform).map((platform) => [printPlatform(platform), platform]))
  return { images, platforms: [...wanted.values()], stripAttestations, listing: undefined }
}

/** Where an archive lists its images, by how the user called it. */
const LISTING: Record<string, Listing> = {
  'docker-archive': 'manifest.json',
  oci: 'index.json',
  'oci-archive': 'index.json',
}

/** The highest level of each algorithm. */
const HIGHEST = { gzip: 9, zstd: 22 }

/** What a program that is not compiled against the types, or the command line, may get wrong. */
function assertOptions(options: ConvertOptions): void {
  const { layers = 'keep' } = options
  if (!LAYER_CHOICES.includes(layers)) {
    throw new ImageError('USAGE', 'layers', { expected: LAYER_CHOICES.join(', '), found: JSON.stringify(layers) })
  }
  for (const name of ['images', 'platforms', 'tags', 'addTags'] as const) {
    const list: unknown = options[name] ?? []
    if (Array.isArray(list) && list.every((text) => typeof text === 'string')) continue
    throw new ImageError('USAGE', name, { expected: 'a list of texts', found: JSON.stringify(list) })
  }
  assertNumbers(options)
}

function assertNumbers({ layers = 'keep', level, jobs }: ConvertOptions): void {
  if (jobs !== undefined) assertWhole('jobs', jobs, 64)
  if (level === undefined) return
  if (layers !== 'gzip' && layers !== 'zstd') {
    throw new ImageError('USAGE', 'a level goes with layers gzip or zstd', { found: `layers ${layers}` })
  }
  assertWhole(`level of ${layers}`, level, HIGHEST[layers])
}

function assertWhole(what: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return
  throw new ImageError('USAGE', what, { expected: `a whole number from 1 to ${most}`, found: value })
}

function assertLayoutPlace(to: Place, destination: string): void {
  if (!isArchivePlace(to)) return
  throw new ImageError('UNSUPPORTED', 'writing archives is not supported yet', {
    where: destination,
    expected: 'a directory, or oci:DIR',
  })
}

async function assertDifferent(path: string, to: Place): Promise<void> {
  const [from, destination] = await Promise.all([existing(path), existing(to.path)])
  if (from === undefined || from !== destination) return
  throw new ImageError('USAGE', 'source and destination are the same', { where: path })
}

async function existing(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}

function warnOfTaken(entry: Descriptor, { warn }: Context): void {
  const name = familiarName(entry.annotations?.[IMAGE_NAME] ?? '')
  const message = `another image has its tag as ref.name; its own is its name, ${entry.annotations?.[REF_NAME]}`
  warn({ code: 'REF_NAME_TAKEN', message, where: name })
}
