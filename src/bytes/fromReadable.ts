import type { Readable } from 'node:stream'
import { ImageError } from '../spec/errors.js'
import { type Bytes, CHUNK } from './bytes.js'

/**
 * Returns the bytes of a stream in flowing mode. Iteration would stop and start the source for every chunk, which costs
 * two context switches each on a pipe. Here the source flows until 1 MiB waits. The signal ends the bytes even while
 * nothing arrives.
 */
export async function* fromReadable(stream: Readable, signal?: AbortSignal): Bytes {
  const flow = new Flow(stream)
  const abort = () => stream.destroy(signal?.reason as Error)
  signal?.addEventListener('abort', abort)
  try {
    signal?.throwIfAborted()
    for (let chunk = await flow.next(); chunk !== undefined; chunk = await flow.next()) yield chunk
    if (stream.errored !== null) throw stream.errored
    if (!stream.readableEnded) throw new ImageError('FORMAT', 'the stream was closed before its end')
  } finally {
    signal?.removeEventListener('abort', abort)
    stream.destroy()
  }
}

/** Chunks that came from a stream and wait to be taken. */
class Flow {
  readonly #stream: Readable
  readonly #waiting: Uint8Array[] = []
  #size = 0
  #isOver = false
  #wake = () => {}

  constructor(stream: Readable) {
    this.#stream = stream
    const end = () => {
      this.#isOver = true
      this.#wake()
    }
    stream.on('error', end).on('end', end).on('close', end)
    if (stream.destroyed || stream.readableEnded) end()
    stream.on('data', (chunk: Uint8Array) => {
      this.#waiting.push(chunk)
      this.#size += chunk.length
      if (this.#size >= CHUNK) stream.pause()
      this.#wake()
    })
  }

  /** Returns the next chunk when it arrives; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    if (this.#waiting.length === 0 && !this.#isOver) {
      if (this.#stream.isPaused()) this.#stream.resume()
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const chunk = this.#waiting.shift()
    this.#size -= chunk?.length ?? 0
    return chunk
  }
}
