// Compresses blocks to zstd frames for others, in a thread of its own. Block and frame are handed over, not copied.
import { parentPort } from 'node:worker_threads'
import type { ZstdQuestion } from './zstd.js'
import { compressor } from './zstdLibrary.js'

const compress = compressor()

parentPort?.on('message', ({ block, level, stop }: ZstdQuestion) => {
  const frame = compress(block, level, () => Atomics.load(stop, 0) !== 0)
  const pieces = frame === undefined ? [] : [frame]
  const memory = [block, ...pieces].map(({ buffer }) => buffer as ArrayBuffer)
  parentPort?.postMessage({ block, pieces }, memory)
})
