import type { Listing } from '../archive/fileNames.js'
import { type Input, openPath, openStream } from '../archive/input.js'
import type { ByteSource } from '../io/callerBytes.js'
import { ImageError } from '../spec/errors.js'
import { isPlace } from './endpoints.js'
import { listingOf, type Place, stemOf } from './places.js'

/** A source that is known to be there, and what its place says of its images. */
export interface OpenedSource extends AsyncDisposable {
  input: Input
  /** Selectors of images: those that the user gave, and that of the place. All images if there are none. */
  images: readonly string[]
  listing: Listing
  /** The repository for an image that has only a tag; undefined if the place does not name one. */
  repository: string | undefined
}

interface SourceOptions {
  /** For messages. */
  name: string
  images?: readonly string[] | undefined
  signal?: AbortSignal | undefined
}

/**
 * Opens a source.
 * @throws ImageError NOT_FOUND, FORMAT, UNSUPPORTED; USAGE for an empty selector
 */
export async function openSource(
  source: Place | ByteSource,
  { name, images = [], signal }: SourceOptions,
): Promise<OpenedSource> {
  const place = isPlace(source) ? source : undefined
  const wanted = place?.selector === undefined ? images : [...images, place.selector]
  if (wanted.includes('')) throw new ImageError('USAGE', 'the selector of an image is empty')
  const input = isPlace(source) ? await openPath(source.path, signal) : await openStream(name, source, signal)
  return {
    input,
    images: wanted,
    listing: place && listingOf(place),
    repository: place && stemOf(place.path),
    [Symbol.asyncDispose]: () => input[Symbol.asyncDispose](),
  }
}
