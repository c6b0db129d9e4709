import type { Bytes } from '../bytes/bytes.js'
import { release } from '../bytes/release.js'

/** How content is cut and compressed. */
interface SideBySideOptions {
  /** Of a block, in bytes; the last one may be shorter. */
  size: number
  /** The most blocks to compress at a time, counting those of other content. */
  jobs: number
  /** Compresses a block, which is in memory of its own. */
  compress: (block: Uint8Array, stop: Stop) => Promise<CompressedBlock>
  /** Stops the work, even while blocks are being compressed. */
  signal?: AbortSignal | undefined
}

/** A flag shared with the threads. It is not 0 once nobody needs their results; then they may answer anything. */
export type Stop = Int32Array

/** A compressed block. */
export interface CompressedBlock {
  pieces: readonly Uint8Array[]
  /** The memory of the original block, for reuse. */
  block: Uint8Array
}

/**
 * Returns blocks that were compressed side by side, in their order. How many at a time does not change the bytes. All
 * conversions of the process share the memory of blocks, and the places for those at work.
 */
export async function* sideBySide(bytes: Bytes, { size, jobs, compress, signal }: SideBySideOptions): Bytes {
  const stop: Stop = new Int32Array(new SharedArrayBuffer(4))
  const end = () => void Atomics.store(stop, 0, 1)
  const running: Promise<readonly Uint8Array[]>[] = []
  const start = async (block: Uint8Array) => {
    try {
      signal?.throwIfAborted()
      const { pieces, block: used } = await compress(block, stop)
      giveBack(used)
      signal?.throwIfAborted()
      return pieces
    } finally {
      leave()
    }
  }
  contents++
  signal?.addEventListener('abort', end)
  try {
    for await (const block of blocksOf(bytes, () => room(size))) {
      await placeFor(jobs, signal)
      const compressed = start(block)
      // Awaiting it reports the failure; after another failure nobody awaits it.
      compressed.catch(() => {})
      running.push(compressed)
      if (running.length > jobs) yield* await unlessAborted(running.shift() ?? [], signal)
    }
    for (const compressed of running) yield* await unlessAborted(compressed, signal)
  } finally {
    end()
    signal?.removeEventListener('abort', end)
    contents--
    if (contents === 0) for (const block of spare.splice(0)) release(block)
  }
}

/**
 * The number of contents that are being compressed. They share the memory of blocks, which is released after the last
 * one.
 */
let contents = 0
const spare: Uint8Array[] = []

function giveBack({ buffer }: Uint8Array): void {
  const block = new Uint8Array(buffer)
  if (contents > 0) spare.push(block)
  else release(block)
}

function room(size: number): Uint8Array {
  const at = spare.findIndex(({ length }) => length === size)
  return spare.splice(at, at < 0 ? 0 : 1)[0] ?? new Uint8Array(size)
}

/** Cuts the content into blocks, each in memory of its own, of the size that `room` returns. */
async function* blocksOf(bytes: Bytes, room: () => Uint8Array): Bytes {
  let block = room()
  let filled = 0
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + block.length - filled)
      block.set(part, filled)
      filled += part.length
      at += part.length
      if (filled < block.length) continue
      yield block
      block = room()
      filled = 0
    }
  }
  if (filled > 0) yield block.subarray(0, filled)
}

/** The number of blocks at work, for all contents: each takes memory and a core. */
let atWork = 0
const waiting: (() => void)[] = []

async function placeFor(jobs: number, signal: AbortSignal | undefined): Promise<void> {
  // One more than there are cores, so that none is idle while the next block is fetched.
  while (atWork > jobs) {
    const left = new Promise<void>((resolve) => waiting.push(resolve))
    try {
      await unlessAborted(left, signal)
    } catch (error) {
      // Pass the turn on to the next in line.
      void left.then(callNext)
      throw error
    }
  }
  atWork++
}

function leave(): void {
  atWork--
  callNext()
}

function callNext(): void {
  waiting.shift()?.()
}

/** Returns the result of work, but throws as soon as the signal aborts: a step of the work may take a while. */
async function unlessAborted<T>(work: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  signal.throwIfAborted()
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error)
  })
  signal.addEventListener('abort', stop)
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
