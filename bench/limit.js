// The machine's own limit: reads, hashes, writes and fsyncs the layers of an archive in tight loops, one a core.
// node bench/limit.js ARCHIVE DIRECTORY
import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { isMainThread, Worker, workerData } from 'node:worker_threads'

if (isMainThread) {
  const [archive, directory] = process.argv.slice(2)
  mkdirSync(directory, { recursive: true })
  const queue = new Int32Array(new SharedArrayBuffer(4))
  const layers = layersOf(archive)
  for (let n = 0; n < availableParallelism(); n++) {
    new Worker(new URL(import.meta.url), { workerData: { archive, directory, layers, queue } })
  }
} else {
  const { archive, directory, layers, queue } = workerData
  for (let n = Atomics.add(queue, 0, 1); n < layers.length; n = Atomics.add(queue, 0, 1))
    copy(archive, layers[n], join(directory, `${n}`))
}

function copy(archive, { offset, size }, path) {
  const [from, to] = [openSync(archive), openSync(path, 'w')]
  const hash = createHash('sha256')
  const buffer = Buffer.alloc(1 << 20)
  for (let at = 0; at < size; ) {
    const length = readSync(from, buffer, 0, Math.min(buffer.length, size - at), offset + at)
    const chunk = buffer.subarray(0, length)
    hash.update(chunk)
    writeSync(to, chunk)
    at += length
  }
  hash.digest()
  fsyncSync(to)
  closeSync(to)
  closeSync(from)
}

/** Plain ustar or GNU headers, as bench/archive.js has them made. */
function layersOf(archive) {
  const file = openSync(archive)
  const header = Buffer.alloc(512)
  const layers = []
  for (let at = 0; readSync(file, header, 0, 512, at) === 512 && header[0] !== 0; ) {
    const size = Number.parseInt(header.toString('latin1', 124, 135), 8)
    if (size > 1 << 20) layers.push({ offset: at + 512, size })
    at += 512 + Math.ceil(size / 512) * 512
  }
  closeSync(file)
  return layers
}
