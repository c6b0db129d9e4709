// Compresses blocks for others with our own encoder, in a thread of its own. The block's memory is handed back.
import { parentPort } from 'node:worker_threads'
import { encoder } from './encoder.js'

const deflate = encoder()

parentPort.on('message', ({ block, before }) => {
  const compressed = deflate(block, before)
  parentPort.postMessage({ block, pieces: [compressed] }, [block.buffer, compressed.buffer])
})
