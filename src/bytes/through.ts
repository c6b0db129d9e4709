import type { Transform } from 'node:stream'
import type { Bytes } from './bytes.js'

/** What becomes of bytes that come after the stream has said by itself that it is at its end. */
export interface AfterEnd {
  /** How many bytes of its input the stream has used. */
  used: () => number
  /** Takes what it has not used. */
  rest: (bytes: Uint8Array) => void
}

/**
 * Sends bytes through a stream that changes them, all of them, also those after its own end. A chunk counts as used when
 * the stream has taken it in.
 */
export async function* through(bytes: Bytes, transform: Transform, afterEnd?: AfterEnd): Bytes {
  // Whoever iterates sees the error; after the stream's own end nobody does, and it is `fed` that tells.
  transform.on('error', () => {})
  const fed = feed(bytes, transform, afterEnd).catch((error: unknown) => {
    transform.destroy(error as Error)
    throw error
  })
  fed.catch(() => {})
  try {
    for await (const chunk of transform) yield chunk
    await fed
  } finally {
    transform.destroy()
  }
}

async function feed(bytes: Bytes, transform: Transform, afterEnd: AfterEnd | undefined): Promise<void> {
  let offered = 0
  for await (const chunk of bytes) {
    offered += chunk.length
    await taken(chunk, transform)
    const unused = afterEnd === undefined ? 0 : offered - afterEnd.used()
    if (unused > 0) afterEnd?.rest(chunk.subarray(-Math.min(chunk.length, unused)))
  }
  if (!transform.destroyed) transform.end()
}

/**
 * Gives a chunk to the stream and waits until that is done with it. A stream that ends or fails while it is at work on a
 * chunk may never call back for it: then its closing tells.
 */
function taken(chunk: Uint8Array, transform: Transform): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = () => (transform.readableEnded ? resolve() : reject(transform.errored))
    if (transform.destroyed || transform.readableEnded) return closed()
    transform.once('close', closed)
    transform.write(chunk, (error) => {
      transform.off('close', closed)
      if (error && !transform.readableEnded) reject(error)
      else resolve()
    })
  })
}
