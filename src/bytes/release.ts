import { MessageChannel } from 'node:worker_threads'
import type { Bytes } from './bytes.js'

/**
 * Frees the memory of unused bytes at once. The garbage collector would wait for 64 MB of such memory. Does nothing to
 * shared or little memory.
 */
export function release({ buffer }: Uint8Array): void {
  // Small buffers of Node share one, which cannot be transferred.
  const isPooled = buffer.byteLength <= Buffer.poolSize
  if (buffer instanceof ArrayBuffer && !isPooled) NOWHERE.postMessage(undefined, [buffer])
}

/** Returns the same bytes. A chunk that owns its memory is freed when the next one is requested. */
export async function* released(bytes: Bytes): Bytes {
  for await (const chunk of bytes) {
    yield chunk
    if (chunk.length === chunk.buffer.byteLength) release(chunk)
  }
}

/** A port without another end: in every release of Node, transfers to it are dropped. */
const NOWHERE = closedPort()

function closedPort() {
  const { port1 } = new MessageChannel()
  port1.close()
  return port1
}
