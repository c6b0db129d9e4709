import { fileURLToPath } from 'node:url'
import { type ByteSource, isByteSource } from '../io/callerBytes.js'
import { type ByteSink, isByteSink } from '../io/callerSink.js'
import { CallerError, ImageError } from '../spec/errors.js'
import type { GlobalClass } from '../spec/globals.js'
import type { Place } from './places.js'
import { readDestination, readSource } from './readPlaces.js'

/** A source of images: a place, a file's URL, or the bytes of an archive. */
export type ImageSource = string | GlobalClass<'URL'> | ByteSource

/** A destination for images: a place, a file's URL, or a stream to write an archive to. */
export type ImageDestination = string | GlobalClass<'URL'> | ByteSink

/** Checks a source. @throws ImageError USAGE if it is not one */
export function sourceOf(source: ImageSource): Place | ByteSource {
  if (typeof source === 'string') return readSource(source)
  if (isURL(source)) return filePlace(source)
  if (isByteSource(source)) return source
  throw new ImageError('USAGE', 'the source', {
    expected: 'a path, a file URL, bytes or a stream of bytes',
    found: shown(source),
  })
}

/** Checks a destination. @throws ImageError USAGE if it is not one */
export function destinationOf(destination: ImageDestination): Place | ByteSink {
  if (typeof destination === 'string') return readDestination(destination)
  if (isURL(destination)) return filePlace(destination)
  if (isByteSink(destination)) return destination
  throw new ImageError('USAGE', 'the destination', {
    expected: 'a path, a file URL or a stream to write to',
    found: shown(destination),
  })
}

/** True for a place, as opposed to bytes or a stream. */
export function isPlace(end: Place | ByteSource | ByteSink): end is Place {
  return 'transport' in end
}

/** Returns a source's name in messages. */
export function nameOfSource(source: unknown): string {
  if (typeof source === 'string') return source
  return isURL(source) ? source.href : 'a stream'
}

/**
 * Returns the error for the caller: the signal's reason after an abort; the very error that the caller's code threw;
 * else the error as it is.
 */
export function reasonOf(error: unknown, options: { signal?: AbortSignal | undefined } | null): unknown {
  if (options?.signal?.aborted === true) return options.signal.reason
  return error instanceof CallerError ? error.thrown : error
}

/** True also for a URL of another realm, such as test runners make. */
function isURL(value: unknown): value is URL {
  if (typeof value !== 'object' || value === null || !('href' in value) || !('protocol' in value)) return false
  return typeof value.href === 'string' && typeof value.protocol === 'string'
}

function filePlace({ href, protocol }: URL): Place {
  if (protocol !== 'file:') {
    throw new ImageError('USAGE', 'the URL is not that of a file', { expected: 'file:', found: protocol })
  }
  try {
    return { transport: undefined, path: fileURLToPath(href) }
  } catch (cause) {
    throw new ImageError('USAGE', 'the URL is not that of a file on this machine', { where: href, cause })
  }
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a value of type ${typeof value}`
}
