// Compresses blocks for others with our own encoder, in a thread of its own. All memory is handed back: what stayed here
// would be garbage that nothing in this small heap makes the collector come for.
import { parentPort } from 'node:worker_threads'
import type { DeflateQuestion } from './deflaters.js'
import { encoder } from './encoder.js'

const deflate = encoder()

parentPort?.on('message', ({ block, before, stop }: DeflateQuestion) => {
  const pieces = Atomics.load(stop, 0) === 0 ? [deflate(block, before)] : []
  const memory = [block, before, ...pieces].map(({ buffer }) => buffer as ArrayBuffer)
  parentPort?.postMessage({ block, before, pieces }, memory)
})
