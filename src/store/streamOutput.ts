import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { Writable } from 'node:stream'
import { type NewEntry, wholeTar } from '../tar/write.js'
import type { Output } from './output.js'
import { clearAbandoned, makeStaging } from './staging.js'

/** Opens a stream, as standard output is one, for an archive. It is not ended: that is for who made it. */
export function openStreamOutput(stream: Writable, signal?: AbortSignal): Output {
  return new StreamOutput(stream, signal)
}

class StreamOutput implements Output {
  bytesWritten = 0
  readonly canRewrite = false
  readonly #stream: Writable
  readonly #signal: AbortSignal | undefined
  #staging: Promise<string> | undefined

  constructor(stream: Writable, signal: AbortSignal | undefined) {
    this.#stream = stream
    this.#signal = signal
    // What fails between two writes is met by the next one.
    stream.on('error', () => {})
  }

  spool(): Promise<string> {
    this.#staging ??= makeSpool()
    return this.#staging
  }

  async write(entries: readonly NewEntry[]): Promise<void> {
    for await (const chunk of wholeTar(entries)) {
      await this.#writeChunk(chunk)
      this.bytesWritten += chunk.length
    }
  }

  commit(): Promise<void> {
    return Promise.resolve()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#staging !== undefined) await rm(await this.#staging, { recursive: true, force: true })
  }

  /** Resolves when the chunk's memory may be used again; fails on the signal even while nobody reads. */
  #writeChunk(chunk: Uint8Array): Promise<void> {
    const signal = this.#signal
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      if (this.#stream.errored) throw this.#stream.errored
      const abort = () => reject(signal?.reason as Error)
      signal?.addEventListener('abort', abort)
      this.#stream.write(chunk, (error) => {
        signal?.removeEventListener('abort', abort)
        if (error) reject(error)
        else resolve()
      })
    })
  }
}

async function makeSpool(): Promise<string> {
  await clearAbandoned(tmpdir())
  return makeStaging(tmpdir())
}
