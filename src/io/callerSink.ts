import { Writable } from 'node:stream'
import { CallerError, ImageError } from '../spec/errors.js'

/** A writable stream of Node, or a similar one such as streamx's. */
interface NodeSink {
  write(chunk: Uint8Array): boolean
  /** Called without an argument; some types require one. */
  end(nothing?: undefined): unknown
  destroy?(error?: Error): unknown
  on(event: 'close' | 'drain' | 'error' | 'finish', listener: (error?: Error) => void): unknown
  off(event: 'close' | 'drain' | 'error' | 'finish', listener: (error?: Error) => void): unknown
}

/** A writable web stream (WHATWG Streams). */
interface WebSink {
  getWriter(): WebWriter
}

interface WebWriter {
  write(chunk: Uint8Array): Promise<void>
  close(): Promise<void>
  abort(reason?: unknown): Promise<void>
  releaseLock(): void
}

/** A caller's stream for writing bytes. */
export type ByteSink = NodeSink | WebSink

/** Options for a caller's stream. */
export interface SinkOptions {
  /**
   * True to end the stream after the bytes, and to destroy it on failure. The default is true for a WebSink, false for
   * a NodeSink.
   */
  end?: boolean | undefined
  signal?: AbortSignal | undefined
}

/** True if bytes can be written to the value. */
export function isByteSink(value: unknown): value is ByteSink {
  if (typeof value !== 'object' || value === null) return false
  return 'getWriter' in value || ('write' in value && 'end' in value && 'on' in value && 'off' in value)
}

/**
 * Returns a stream that writes to a caller's stream. The caller's errors become a CallerError. Each chunk is copied, so
 * its memory is free once our stream has called back.
 */
export function callerSink(sink: ByteSink, { end, signal }: SinkOptions): Writable {
  const way = 'getWriter' in sink ? webWay(sink, end ?? true) : nodeWay(sink, end ?? false)
  const writable = new Writable({
    highWaterMark: 1,
    write: (chunk: Uint8Array, _, done) => settle(way.write(chunk), done),
    final: (done) => settle(way.finish(), done),
    destroy: (error, done) => {
      signal?.removeEventListener('abort', abort)
      way.leave(error)
      done(error)
    },
  })
  const abort = () => writable.destroy(signal?.reason as Error)
  signal?.addEventListener('abort', abort)
  way.onFailure?.((error) => writable.destroy(error))
  return writable
}

/** How to deal with a kind of stream. */
interface SinkWay {
  /** Hands a copy over. */
  write(chunk: Uint8Array): Promise<unknown>
  /** Called after the last chunk. */
  finish(): Promise<unknown>
  /** Called at the end, also after a failure. */
  leave(error: Error | null): void
  /** Reports failures between two writes; no error means that others closed the stream. */
  onFailure?(tell: (error?: Error) => void): void
}

function settle(work: Promise<unknown>, done: (error?: Error | null) => void): void {
  work.then(
    () => done(),
    (error: unknown) => done(new CallerError(error)),
  )
}

function webWay(sink: WebSink, end: boolean): SinkWay {
  const writer = writerOf(sink)
  let isFinished = false
  return {
    write: (chunk) => writer.write(new Uint8Array(chunk)),
    finish: async () => {
      if (end) await writer.close()
      isFinished = true
    },
    leave: (error) => {
      // This failure is the archive's, which is reported already.
      if (end && !isFinished) writer.abort(thrownOf(error)).catch(() => {})
      writer.releaseLock()
    },
  }
}

function writerOf(sink: WebSink): WebWriter {
  try {
    return sink.getWriter()
  } catch (cause) {
    throw new ImageError('USAGE', 'the WritableStream is locked to another writer', { cause })
  }
}

function nodeWay(sink: NodeSink, end: boolean): SinkWay {
  let isFinished = false
  let tell: (error?: Error) => void = () => {}
  const onError = (error?: Error) => tell(new CallerError(error))
  const onClose = () => tell(errorOf(sink))
  return {
    write: (chunk) => written(sink, Buffer.from(chunk)),
    finish: async () => {
      if (end) await ended(sink)
      isFinished = true
    },
    leave: (error) => {
      sink.off('close', onClose)
      // Later failures are the caller's to handle.
      if (isFinished) sink.off('error', onError)
      else if (end) sink.destroy?.(error === null ? undefined : asError(thrownOf(error)))
    },
    onFailure: (telling) => {
      tell = telling
      sink.on('error', onError)
      sink.on('close', onClose)
      if ('destroyed' in sink && sink.destroyed === true) onClose()
    },
  }
}

function errorOf(sink: NodeSink): CallerError | undefined {
  return 'errored' in sink && sink.errored instanceof Error ? new CallerError(sink.errored) : undefined
}

/** Resolves when the stream wants more, as far as it says. */
function written(sink: NodeSink, chunk: Uint8Array): Promise<void> {
  if (sink instanceof Writable) {
    return new Promise((resolve, reject) => {
      sink.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  }
  return new Promise((resolve) => {
    const drained = () => {
      sink.off('drain', drained)
      resolve()
    }
    sink.on('drain', drained)
    if (sink.write(chunk)) drained()
  })
}

function ended(sink: NodeSink): Promise<void> {
  return new Promise((resolve) => {
    sink.on('finish', () => resolve())
    sink.end()
  })
}

function thrownOf(error: unknown): unknown {
  return error instanceof CallerError ? error.thrown : error
}

function asError(thrown: unknown): Error | undefined {
  return thrown instanceof Error ? thrown : undefined
}
