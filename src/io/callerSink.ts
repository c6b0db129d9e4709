import { Writable } from 'node:stream'
import { CallerError, ImageError } from '../spec/errors.js'

/** A stream of Node's that is written to, or one like it, as those of streamx are. */
interface NodeSink {
  write(chunk: Uint8Array): boolean
  /** Called without anything; some have it that something must be given. */
  end(nothing?: undefined): unknown
  destroy?(error?: Error): unknown
  on(event: 'close' | 'drain' | 'error' | 'finish', listener: (error?: Error) => void): unknown
  off(event: 'close' | 'drain' | 'error' | 'finish', listener: (error?: Error) => void): unknown
}

/** A stream as the web has it that is written to (WHATWG Streams). */
interface WebSink {
  getWriter(): WebWriter
}

interface WebWriter {
  write(chunk: Uint8Array): Promise<void>
  close(): Promise<void>
  abort(reason?: unknown): Promise<void>
  releaseLock(): void
}

/** A stream of a caller that bytes can be written to. */
export type ByteSink = NodeSink | WebSink

/** How a caller's stream is used. */
export interface SinkOptions {
  /** Whether it ends with what is written, and is destroyed if that fails; if absent a WebSink is, a NodeSink is not. */
  end?: boolean | undefined
  signal?: AbortSignal | undefined
}

/** True of what bytes can be written to. */
export function isByteSink(value: unknown): value is ByteSink {
  if (typeof value !== 'object' || value === null) return false
  return 'getWriter' in value || ('write' in value && 'end' in value && 'on' in value && 'off' in value)
}

/**
 * A stream of ours whose bytes go into that of a caller. What his throws is a CallerError. Ours may have its memory back
 * when it has called back; the caller's gets a copy.
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
  /** After the last chunk. */
  finish(): Promise<unknown>
  /** At the end of all, also of what failed. */
  leave(error: Error | null): void
  /** Tells of failures between two writes; no error is a stream that others closed. */
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
      // Its failure is that of the archive, which is told already.
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
      // What fails later than that is for who has the stream.
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

/** Resolves when the stream wants more, as far as it tells. */
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
