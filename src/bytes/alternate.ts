import { giveBlock, takeBlock } from './blocks.js'
import { type Bytes, CHUNK } from './bytes.js'

/** Writes what comes next into the buffer, from its start; returns how many bytes, 0 at the end. */
export type Fill = (buffer: Uint8Array) => Promise<number>

/**
 * Chunks from two buffers in turn: while the consumer has one, `fill` is at work on the other. The memory is shared,
 * so that another thread can look at a chunk without a copy.
 */
export async function* alternate(fill: Fill, size: number = CHUNK): Bytes {
  let [current, other] = [room(size), room(size)]
  let pending = fill(current)
  try {
    for (let length = await pending; length > 0; length = await pending) {
      const chunk = current.subarray(0, length)
      ;[current, other] = [other, current]
      pending = fill(current)
      // Whoever has the chunk may fail first; the error of a read that nobody waits for any more is of no interest.
      pending.catch(() => {})
      yield chunk
    }
  } finally {
    await pending.catch(() => {})
    if (size === CHUNK) for (const block of [current, other]) giveBlock(block)
  }
}

/** The same bytes in chunks of exactly `size`, the last one aside; reads ahead by one chunk. */
export async function* regroup(bytes: Bytes, size: number = CHUNK): Bytes {
  const source = bytes[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)
  const fill: Fill = async (buffer) => {
    let filled = 0
    while (filled < buffer.length) {
      if (rest.length === 0) {
        const { done, value } = await source.next()
        if (done) break
        rest = value
      }
      const part = rest.subarray(0, buffer.length - filled)
      buffer.set(part, filled)
      filled += part.length
      rest = rest.subarray(part.length)
    }
    return filled
  }
  try {
    yield* alternate(fill, size)
  } finally {
    await source.return?.()
  }
}

function room(size: number): Uint8Array {
  return size === CHUNK ? takeBlock() : new Uint8Array(new SharedArrayBuffer(size))
}
