import { setImmediate } from 'node:timers/promises'
import { type Bytes, CHUNK } from './bytes.js'

/** Bytes that fail as soon as the signal aborts, even while nothing arrives. */
export async function* abortable(bytes: Bytes, signal: AbortSignal): Bytes {
  const source = bytes[Symbol.asyncIterator]()
  let abort = () => {}
  const stop = () => abort()
  // A race against a single abort promise would keep every chunk while that promise is pending.
  const next = () =>
    new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
      signal.throwIfAborted()
      abort = () => reject(signal.reason)
      source.next().then(resolve, reject)
    })
  signal.addEventListener('abort', stop)
  try {
    for (let result = await next(); !result.done; result = await next()) yield result.value
  } finally {
    signal.removeEventListener('abort', stop)
    // Not awaited: a source that is stuck in a read would not answer.
    source.return?.().catch(() => {})
  }
}

/** Does the same for bytes that may arrive too fast for the process to handle its signals. */
export function untilAborted(bytes: Bytes, signal: AbortSignal | undefined): Bytes {
  return signal === undefined ? bytes : abortable(breathing(bytes), signal)
}

async function* breathing(bytes: Bytes): Bytes {
  let passed = 0
  for await (const chunk of bytes) {
    yield chunk
    passed += chunk.length
    if (passed < BREATH) continue
    passed = 0
    await setImmediate()
  }
}

/** Bytes that pass before the process handles other events. */
const BREATH = 16 * CHUNK
