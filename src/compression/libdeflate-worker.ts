// Compresses blocks for others with the system's libdeflate, in a thread of its own.
import { parentPort, workerData } from 'node:worker_threads'
import type { LibdeflateQuestion } from './deflaters.js'
import { type Compressor, loadLibdeflate } from './libdeflate.js'
import { opener } from './openEnded.js'

const { allocate, compress } = await loadLibdeflate(workerData.koffi)
const { room, openEnded } = opener()

/** One for each level. */
const compressors = new Map<number, Compressor>()

parentPort?.on('message', ({ block, before, stop, level }: LibdeflateQuestion) => {
  const done = Atomics.load(stop, 0) === 0 ? compressed(block, level) : undefined
  const failure = typeof done === 'string' ? done : undefined
  const pieces = done === undefined || typeof done === 'string' ? [] : [done]
  const memory = [block, before, ...pieces].map(({ buffer }) => buffer as ArrayBuffer)
  parentPort?.postMessage({ block, before, pieces, failure }, memory)
})

/** Returns the block compressed, or why it cannot be. */
function compressed(block: Uint8Array, level: number): Uint8Array<ArrayBuffer> | string {
  const compressor = compressors.get(level) ?? allocate(level)
  if (compressor === null) return 'libdeflate has no memory left, or not this level'
  compressors.set(level, compressor)
  const length = openEnded(compress(compressor, block, block.length, room, room.length))
  if (length === 0) return 'libdeflate made something else than DEFLATE'
  return room.slice(0, length)
}
