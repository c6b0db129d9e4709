import { type Bytes, CHUNK } from '../bytes/bytes.js'
import { giveBlock, takeBlock } from '../threads/blockPool.js'

/** Fills the buffer from its start; returns the number of bytes, always 0 from the end on. */
export type Fill = (buffer: Uint8Array) => Promise<number>

interface Buffers {
  /** Size of each in bytes. */
  size?: number
  /** Number of buffers, at least two. With more, the producer need not keep step with the consumer. */
  count?: number
  /** Kind of memory; the default is `shared`, which another thread can read without a copy. */
  memory?: 'shared' | 'own'
}

/** Yields chunks from two or more buffers in turn: while the consumer has one, `fill` works on the others. */
export async function* doubleBuffered(fill: Fill, { size = CHUNK, count = 2, memory = 'shared' }: Buffers = {}): Bytes {
  const isBlock = size === CHUNK && memory === 'shared'
  const other = () => new Uint8Array(memory === 'shared' ? new SharedArrayBuffer(size) : new ArrayBuffer(size))
  const room = isBlock ? takeBlock : other
  const first = room()
  const free = Array.from({ length: count - 1 }, () => room())
  const all = [first, ...free]
  const pending: Pending[] = []
  let last: Promise<unknown> = Promise.resolve()
  let isOver = false
  const refill = (buffer: Uint8Array) => {
    const length = last.then(() => (isOver ? 0 : fill(buffer)))
    // The consumer may fail first. The error of a read that nobody awaits does not matter then.
    length.catch(() => {})
    last = length
    pending.push({ buffer, length })
  }
  refill(first)
  try {
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      const length = await next.length
      if (length === 0) return
      for (const buffer of free.splice(0)) refill(buffer)
      yield next.buffer.subarray(0, length)
      free.push(next.buffer)
    }
  } finally {
    isOver = true
    await last.catch(() => {})
    for (const block of isBlock ? all : []) giveBlock(block)
  }
}

/** A buffer being filled, and its future length. */
interface Pending {
  buffer: Uint8Array
  length: Promise<number>
}

/**
 * Returns the same bytes in chunks of exactly `size`, except for the last; reads ahead by all buffers but one.
 * @param at offset of the bytes in their destination: the first chunk ends at a multiple of `size` there
 */
export async function* regroup(bytes: Bytes, { at = 0, ...buffers }: Buffers & { at?: number } = {}): Bytes {
  const source = bytes[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)
  let before = at
  const fill: Fill = async (buffer) => {
    const size = buffer.length - (before % buffer.length)
    before = 0
    let filled = 0
    while (filled < size) {
      if (rest.length === 0) {
        const { done, value } = await source.next()
        if (done) break
        rest = value
      }
      const part = rest.subarray(0, size - filled)
      buffer.set(part, filled)
      filled += part.length
      rest = rest.subarray(part.length)
    }
    return filled
  }
  try {
    yield* doubleBuffered(fill, buffers)
  } finally {
    await source.return?.()
  }
}
