// Compresses blocks for others with the system's libdeflate, in a thread of its own.
import { parentPort } from 'node:worker_threads'
import { encoder } from './encoder.js'
import { openEnded, ROOM } from './lastBlock.js'
import { loadLibdeflate } from './libdeflate.js'

const { allocate, bound, compress } = await loadLibdeflate()

/** One for each level. */
const compressors = new Map()
let output = new Uint8Array(0)
let ours

parentPort.on('message', ({ block, before, level }) => {
  const pieces = compressed(block, level) ?? compressedByUs(block, before)
  parentPort.postMessage({ block, before, pieces }, [
    block.buffer,
    before.buffer,
    ...pieces.map(({ buffer }) => buffer),
  ])
})

/** Undefined if what libdeflate made cannot go on. */
function compressed(block, level) {
  const compressor = compressors.get(level) ?? allocate(level)
  if (compressor === null) throw new Error('libdeflate has no memory left')
  compressors.set(level, compressor)
  const room = bound(compressor, block.length)
  if (output.length < room + ROOM) output = new Uint8Array(room + ROOM)
  const length = openEnded(output, compress(compressor, block, block.length, output, room), block)
  return length === 0 ? undefined : [output.slice(0, length)]
}

/** How much our encoder takes at a time, and how much before that. */
const [MOST, WINDOW] = [1024 * 1024, 32 * 1024]

function compressedByUs(block, before) {
  ours ??= encoder()
  const pieces = []
  for (let at = 0; at < block.length; at += MOST) {
    const window = at === 0 ? before : block.subarray(at - WINDOW, at)
    pieces.push(ours(block.subarray(at, at + MOST), window))
  }
  return pieces
}
