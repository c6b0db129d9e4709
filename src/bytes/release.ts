import { MessageChannel } from 'node:worker_threads'
import type { Bytes } from './bytes.js'

/**
 * Gives back at once the memory of bytes that nobody looks at any more. The garbage collector would come for it only
 * when 64 MB of such memory have gathered. Does nothing to shared memory, nor to little.
 */
export function release({ buffer }: Uint8Array): void {
  // Small buffers of Node share one, which cannot be given away.
  const isPooled = buffer.byteLength <= Buffer.poolSize
  if (buffer instanceof ArrayBuffer && !isPooled) NOWHERE.postMessage(undefined, [buffer])
}

/** The same bytes; the memory of a chunk that has it to itself is released when the next one is asked for. */
export async function* released(bytes: Bytes): Bytes {
  for await (const chunk of bytes) {
    yield chunk
    if (chunk.length === chunk.buffer.byteLength) release(chunk)
  }
}

/** A port without another end: what is handed over to it is gone, in every release of Node. */
const NOWHERE = closedPort()

function closedPort() {
  const { port1 } = new MessageChannel()
  port1.close()
  return port1
}
