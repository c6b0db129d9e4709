import type { Transform } from 'node:stream'
import type { Bytes } from './bytes.js'

/** Handles bytes after the stream's own end. */
export interface AfterEnd {
  /** Returns the number of input bytes that the stream has used. */
  used: () => number
  /** Receives the unused bytes. */
  rest: (bytes: Uint8Array) => void
}

/**
 * Sends all bytes through a transform, including those after its own end. A chunk counts as used once the transform has
 * taken it in.
 */
export async function* through(bytes: Bytes, transform: Transform, afterEnd?: AfterEnd): Bytes {
  // The iteration below throws the error; after the transform's own end `fed` does.
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
 * Writes a chunk and waits until the transform is done with it. A transform that ends or fails during the write may
 * never call back for it; its `close` event settles the wait then.
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
