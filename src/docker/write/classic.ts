import type { DiffID, Digest } from '../../spec/digest.js'
import { ImageError } from '../../spec/errors.js'
import { groupBy } from '../../spec/groupBy.js'
import { byBytes, canonicalJSON } from '../../spec/json/canonical.js'
import { isForeignLayer } from '../../spec/mediaTypes.js'
import type { Descriptor } from '../../spec/parse.js'
import { familiarName, repositoryOf, tagOf } from '../../spec/reference.js'
import { unixSeconds } from '../../spec/time.js'
import { joinFields, printText } from '../goJSON.js'
import { type Exportable, joined, type Naming } from './exportable.js'
import { type V1Layer, type V1Options, v1Layers } from './v1Layers.js'

/** An image in Docker's classic store, which keeps no manifest. */
export interface ClassicImage extends Naming {
  /** The image ID: digest of the config. */
  id: Digest
  config: Buffer
  /** Bottom first. */
  layers: { diffID: DiffID; v1: V1Layer; descriptor: Descriptor }[]
  /** When it was created, in seconds since 1970. */
  mtime: number
}

/**
 * Returns the images as the classic store has them: one for each image ID, with the names of all its manifests.
 * @throws ImageError UNSUPPORTED for an image without layers, which Docker never exports either
 */
export function classicImages(
  images: readonly Exportable[],
  options: Pick<V1Options, 'era' | 'epoch'>,
): ClassicImage[] {
  const classic = new Map<Digest, { image: ClassicImage; namings: Naming[] }>()
  for (const image of images) {
    const { digest } = image.config.descriptor
    const known = classic.get(digest) ?? { image: classicImage(image, options), namings: [] }
    known.namings.push(image)
    classic.set(digest, known)
  }
  return [...classic.values()].map(({ image, namings }) => ({ ...image, ...joined(namings) }))
}

function classicImage(
  { config, diffIDs, manifest, names }: Exportable,
  options: Pick<V1Options, 'era' | 'epoch'>,
): ClassicImage {
  const id = config.descriptor.digest
  if (diffIDs.length === 0) {
    throw new ImageError('UNSUPPORTED', `an image without layers cannot be written as ${options.era}`, {
      where: familiarName(names[0] ?? id),
      hint: 'use --format docker',
    })
  }
  const v1 = v1Layers(config.bytes, diffIDs, { ...options, where: id })
  const layers = diffIDs.flatMap((diffID, at) => {
    const [own, descriptor] = [v1[at], manifest.layers[at]]
    return own === undefined || descriptor === undefined ? [] : [{ diffID, v1: own, descriptor }]
  })
  return { id, config: config.bytes, names: [], roots: [], layers, mtime: unixSeconds(config.parsed.created) }
}

/** Returns the file `repositories`: tags by repository, all sorted; undefined if no image has a name. */
export function repositoriesOf(
  images: readonly ClassicImage[],
  topOf: (image: ClassicImage) => string,
): Buffer | undefined {
  const named = images.flatMap((image) => image.names.map((name) => ({ name, top: printText(topOf(image)) })))
  const repositories = groupBy(named, ({ name }) => familiarName(repositoryOf(name)))
  if (repositories.size === 0) return undefined
  // Not a JavaScript object: it would reorder keys of digits, and tags may be digits.
  const printed = [...repositories].map(([repository, own]) => {
    const tags = own.map(({ name, top }) => [tagOf(name), top] as const)
    return [repository, joinFields(sorted(tags))] as const
  })
  return Buffer.from(`${joinFields(sorted(printed))}\n`)
}

/** Returns the names as manifest.json has them; null for none, as Go prints it. */
export function repoTagsOf({ names }: ClassicImage): string[] | null {
  return names.length === 0 ? null : names.map(familiarName)
}

/** Returns the descriptors of the foreign layers, with their urls, by diffID; undefined if no layer is foreign. */
export function foreignSources({ layers }: ClassicImage): Record<string, Descriptor> | undefined {
  const foreign = layers.filter(({ descriptor }) => isForeignLayer(descriptor.mediaType))
  if (foreign.length === 0) return undefined
  return Object.fromEntries(
    sorted(
      foreign.map(({ diffID, descriptor: { mediaType, size, digest, urls } }) => [
        diffID,
        { mediaType, size, digest, ...(urls == null ? {} : { urls }) },
      ]),
    ),
  )
}

/** Prints a document as Go's encoder writes it to a file: with a newline at the end. */
export function line(value: unknown): Buffer {
  return Buffer.concat([canonicalJSON(value), Buffer.from('\n')])
}

/** Sorts entries by the bytes of their keys. */
export function sorted<T>(entries: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return [...entries].sort(([a], [b]) => byBytes(a, b))
}
