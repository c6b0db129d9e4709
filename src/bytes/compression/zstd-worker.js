// Compresses blocks to zstd frames for others, in a thread of its own. Block and pieces are handed over, not copied.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort } from 'node:worker_threads'
import { _NapiBindings as library } from '@cloudpss/zstd/napi'

// The library makes buffers that the garbage collector would come for only when there are 64 MB of them.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')

/** One for each level: its memory is used again for every frame. */
const compressors = new Map()

parentPort.on('message', ({ block, level }) => {
  const compressor = compressors.get(level) ?? new library.Compressor(level)
  compressors.set(level, compressor)
  const pieces = []
  const take = (piece) => pieces.push(piece)
  compressor.data(Buffer.from(block.buffer, block.byteOffset, block.length), take)
  compressor.end(take)
  parentPort.postMessage({ block, pieces }, [block.buffer, ...pieces.map(({ buffer }) => buffer)])
  collect({ type: 'minor' })
})
