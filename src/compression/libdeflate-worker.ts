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
  const pieces = Atomics.load(stop, 0) === 0 ? [compressed(block, level)] : []
  const memory = [block, before, ...pieces].map(({ buffer }) => buffer as ArrayBuffer)
  parentPort?.postMessage({ block, before, pieces }, memory)
})

function compressed(block: Uint8Array, level: number): Uint8Array<ArrayBuffer> {
  const compressor = compressors.get(level) ?? allocate(level)
  if (compressor === null) throw new Error('libdeflate has no memory left')
  compressors.set(level, compressor)
  const length = openEnded(compress(compressor, block, block.length, room, room.length))
  if (length === 0) throw new Error('libdeflate made something else than DEFLATE')
  return room.slice(0, length)
}
