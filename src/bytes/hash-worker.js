// Hashes for others, in a thread of its own. One stream of bytes has one id; its memory is shared, so nothing is copied.
import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'

const hashes = new Map()

parentPort.on('message', ({ id, algorithm, chunk }) => {
  const hash = hashes.get(id) ?? createHash(algorithm)
  if (chunk !== undefined) {
    hashes.set(id, hash.update(chunk))
    parentPort.postMessage({ id })
  } else {
    hashes.delete(id)
    parentPort.postMessage({ id, hex: hash.digest('hex') })
  }
})
