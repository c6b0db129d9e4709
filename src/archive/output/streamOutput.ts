import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Bytes } from '../../bytes/bytes.js'
import { HeldDirectory } from '../../io/heldDirectory.js'
import { temporaryPath } from '../../io/temporaryPath.js'
import { attempt, ImageError } from '../../spec/errors.js'
import { openStaging } from '../../store/layout/openStaging.js'
import type { Folder } from '../../store/layout/stagedBlobs.js'
import type { Staging } from '../../store/layout/staging.js'
import { type TarSource, wholeTar } from '../../tar/write.js'
import type { Output } from './output.js'

/** Settings for writing an archive to a stream. */
export interface StreamOutputOptions {
  /** True if the stream may use a chunk after its callback, as one that forwards chunks does; the default is true. */
  keepsChunks?: boolean
  /** True if the stream ends with the archive; otherwise its owner ends it. */
  ends?: boolean
  signal?: AbortSignal
}

/** Opens a stream, such as standard output, for an archive. */
export function openStreamOutput(stream: Writable, options: StreamOutputOptions = {}): Output {
  return new StreamOutput(stream, options)
}

class StreamOutput implements Output {
  bytesWritten = 0
  readonly canRewrite = false
  readonly #stream: Writable
  readonly #options: StreamOutputOptions
  #staging: Promise<Staging> | undefined

  constructor(stream: Writable, options: StreamOutputOptions) {
    this.#stream = stream
    this.#options = options
    // The next write reports a failure between two writes.
    stream.on('error', () => {})
  }

  async spool(): Promise<Folder> {
    this.#staging ??= openTemporary()
    return (await this.#staging).directory
  }

  write(entries: readonly TarSource[]): Promise<void> {
    return this.writeTar(wholeTar(entries))
  }

  async writeTar(tar: Bytes): Promise<void> {
    for await (const chunk of tar) {
      await this.#writeChunk(chunk)
      this.bytesWritten += chunk.length
    }
  }

  async commit(): Promise<void> {
    if (this.#options.ends !== true) return
    this.#stream.end()
    await finished(this.#stream, { readable: false })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#options.ends === true) this.#stream.destroy()
    await (await this.#staging)?.[Symbol.asyncDispose]()
  }

  /** Resolves when the chunk's memory may be used again; fails on the signal even while nobody reads. */
  #writeChunk(chunk: Uint8Array): Promise<void> {
    const stream = this.#stream
    const { signal, keepsChunks = true } = this.#options
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      if (stream.errored) throw stream.errored
      if (stream.destroyed) throw closedEarly()
      const abort = () => reject(signal?.reason as Error)
      // A stream that closes during a write may never call back for it.
      const close = () => reject(stream.errored ?? closedEarly())
      signal?.addEventListener('abort', abort)
      stream.once('close', close)
      stream.write(keepsChunks ? Buffer.from(chunk) : chunk, (error) => {
        signal?.removeEventListener('abort', abort)
        stream.off('close', close)
        if (error) reject(error)
        else resolve()
      })
    })
  }
}

/** Opens a staging directory for temporary files. */
async function openTemporary(): Promise<Staging> {
  const path = temporaryPath()
  return attempt(`make a temporary directory in ${path}`, () => openStaging(HeldDirectory.open(path)))
}

function closedEarly(): ImageError {
  return new ImageError('SYSTEM', 'the stream was closed before the archive was complete')
}
