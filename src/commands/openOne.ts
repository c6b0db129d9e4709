import { lstatSync, statSync } from 'node:fs'
import { openPath } from '../archive/input.js'
import { LayerStore } from '../archive/layerStore.js'
import type { Context } from '../bytes/context.js'
import { listImages, selectedBy } from '../image/list.js'
import { type Listed, labelOf, namesOf } from '../image/listed.js'
import { openImage } from '../image/openImage.js'
import { openPlatform, type PlatformImage } from '../image/openPlatform.js'
import { select } from '../image/select.js'
import { sourceWith } from '../image/source.js'
import { listShort } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import { familiarName, tagOf } from '../spec/reference.js'
import { SkimPool } from '../store/skimPool.js'
import { type ParsedImagePlace, parseImagePlace } from '../transport/imagePlace.js'
import { openSource } from '../transport/openSource.js'
import { convert } from './convert.js'
import { withoutCopying } from './withoutCopying.js'

/** Which image to open, and the circumstances. */
export interface OpenOptions {
  /** `os/arch[/variant]` of a multi-platform image. */
  platform: string | undefined
  context: Context
  signal: AbortSignal | undefined
  /** Returns a directory that does not exist, to keep what can be read only once; it is the caller's to remove. */
  spool: () => string
}

/** An open image. Its blobs can be read until its disposal. */
export interface OpenedOne extends AsyncDisposable {
  image: PlatformImage
  /** The name for messages. */
  label: string
}

/**
 * Opens one image of any place, for one platform. What can be read only once, a pipe or a compressed archive, is copied to a
 * spool first.
 * @throws ImageError
 */
export async function openOne(text: string, options: OpenOptions): Promise<OpenedOne> {
  const place = parseImagePlace(text)
  if (!(await isPassing(place.path))) return openPlaceOnce(place, options)
  const spool = options.spool()
  const images = place.selector === undefined ? {} : { images: [place.selector] }
  const copied = await convert(sourceText(place), `oci:${spool}`, { ...images, signal: options.signal })
  for (const warning of copied.warnings) withoutCopying(options.context).warn(warning)
  return openPlaceOnce({ transport: 'oci', path: spool, selector: undefined }, options)
}

async function openPlaceOnce(place: ParsedImagePlace, options: OpenOptions): Promise<OpenedOne> {
  const { signal, platform } = options
  const context = withoutCopying(options.context)
  const images = place.selector === undefined ? [] : [place.selector]
  const { transport, path } = place
  const opened = await openSource({ transport, path }, { name: place.path, images, signal })
  try {
    const target = { sink: new SkimPool(context.documents), options: { layers: 'keep' as const, jobs: context.jobs } }
    const archive = await opened.input.read({ ...target, context, layers: 'none' })
    const source = sourceWith(new LayerStore(archive, target))
    const selected = select(await listImages(source, opened.listing), opened.images, selectedBy(opened.listing))
    const one = theOne(selected)
    const image = await openPlatform(await openImage(one, source), platform)
    return { image, label: labelOf(one), [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() }
  } catch (error) {
    await opened[Symbol.asyncDispose]()
    throw error
  }
}

/** Returns the only image; of several, the one that is tagged latest. */
function theOne(images: readonly Listed[]): Listed {
  const [first, ...others] = images
  if (first === undefined) throw new ImageError('NOT_FOUND', 'there is no image')
  if (others.length === 0) return first
  const latest = images.filter((image) => namesOf(image).some((name) => tagOf(name) === 'latest'))
  if (latest.length === 1 && latest[0] !== undefined) return latest[0]
  throw new ImageError('USAGE', 'there are several images', {
    expected: 'the name of one, as in PATH:NAME',
    found: listShort(images.map((image) => familiarName(labelOf(image)))),
  })
}

/** True for what can be read only from its start to its end. */
async function isPassing(path: string): Promise<boolean> {
  if (path === '-') return true
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return false
  const target = found.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : found
  if (target === undefined || target.isDirectory()) return false
  if (!target.isFile()) return true
  await using input = await openPath(path)
  return input.packing !== undefined
}

function sourceText({ transport, path }: ParsedImagePlace): string {
  return transport === undefined ? path : `${transport}:${path}`
}
