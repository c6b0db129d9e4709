import { type Bytes, CHUNK } from '../bytes/bytes.js'
import { giveBlock, takeBlock } from '../threads/blockPool.js'

/** Writes what comes next into the buffer, from its start; returns how many bytes, 0 at the end and ever after. */
export type Fill = (buffer: Uint8Array) => Promise<number>

interface Buffers {
  /** Of each, in bytes. */
  size?: number
  /** How many, two at least: with more, who fills them need not keep step with the consumer. */
  count?: number
  /** What memory they are: `shared`, if absent, so that another thread can look at a chunk without a copy. */
  memory?: 'shared' | 'own'
}

/**
 * Chunks from two or more buffers in turn: while the consumer has one, `fill` is at work on the others.
 */
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
    // Whoever has a chunk may fail first; the error of a read that nobody waits for any more is of no interest.
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

/** A buffer that is being filled, and how far it will be. */
interface Pending {
  buffer: Uint8Array
  length: Promise<number>
}

/**
 * The same bytes in chunks of exactly `size`, the last one aside; reads ahead by all buffers but one.
 * @param at where the bytes begin in what they become part of: the first chunk ends at a multiple of `size` there
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
