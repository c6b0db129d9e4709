import { Readable } from 'node:stream'
import { isUint8Array } from 'node:util/types'
import { abortable } from '../bytes/abortable.js'
import { type Bytes, CHUNK } from '../bytes/bytes.js'
import { fromReadable } from '../bytes/fromReadable.js'
import { CallerError, ImageError } from '../spec/errors.js'

/** A web stream of bytes (WHATWG Streams). */
interface WebSource {
  getReader(): WebReader
}

interface WebReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>
  cancel(reason?: unknown): Promise<void>
  releaseLock(): void
}

/** A stream whose type does not state its chunks, such as streamx's. */
interface UntypedStream extends AsyncIterable<unknown> {
  readonly readable: boolean
  destroy(error?: Error): unknown
}

/** Bytes of a caller: an array, or a stream of Node, of streamx, or of the web. */
export type ByteSource = Uint8Array | AsyncIterable<Uint8Array> | UntypedStream | WebSource

/** True if the value can be read as bytes. */
export function isByteSource(value: unknown): value is ByteSource {
  if (isUint8Array(value)) return true
  return typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || 'getReader' in value)
}

/**
 * Returns a caller's bytes. Errors of the caller's stream become a CallerError. The signal ends the bytes and the
 * stream, even while nothing arrives.
 */
export function callerBytes(source: ByteSource, signal: AbortSignal): Bytes {
  if (isUint8Array(source)) return pieces(source)
  if (source instanceof Readable) return checked(flow(source, signal), (error) => error === source.errored)
  return abortable(
    checked('getReader' in source ? webIterator(source) : iteratorOf(source), () => true),
    signal,
  )
}

async function* pieces(bytes: Uint8Array): Bytes {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK)
}

/** Iterates a stream. Ending the iteration early destroys the stream without an error. */
function flow(source: Readable, signal: AbortSignal): AsyncIterator<unknown> {
  const flowed = fromReadable(source, signal)[Symbol.asyncIterator]()
  return {
    next: () => flowed.next(),
    async return() {
      source.destroy()
      await flowed.return?.()
      return { done: true, value: undefined }
    },
  }
}

function iteratorOf(source: AsyncIterable<unknown>): AsyncIterator<unknown> {
  try {
    return source[Symbol.asyncIterator]()
  } catch (error) {
    throw new CallerError(error)
  }
}

/** This is not a generator: its end would wait for a read that may never be answered. */
function checked(source: AsyncIterator<unknown>, isOfCaller: (error: unknown) => boolean): Bytes {
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      const { done, value } = await source.next().catch((error: unknown) => {
        throw isOfCaller(error) ? new CallerError(error) : error
      })
      if (done === true) return { done, value: undefined }
      if (isUint8Array(value)) return { done: false, value }
      throw new ImageError('USAGE', 'a stream of something other than bytes', {
        expected: 'chunks that are Uint8Arrays',
        found: typeof value,
      })
    },
    async return() {
      await source.return?.()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

/** @throws ImageError USAGE if the stream has another reader */
function webIterator(stream: WebSource): AsyncIterator<unknown> {
  const reader = readerOf(stream)
  return {
    async next() {
      const { done, value } = await reader.read()
      if (done) reader.releaseLock()
      return { done, value }
    },
    async return() {
      await reader.cancel()
      reader.releaseLock()
      return { done: true, value: undefined }
    },
  }
}

function readerOf(stream: WebSource): WebReader {
  try {
    return stream.getReader()
  } catch (cause) {
    throw new ImageError('USAGE', 'the ReadableStream is locked to another reader', { cause })
  }
}
