// Does for others what takes long with a chunk, in a thread of its own: hashes it, or writes it. Its memory is shared,
// so nothing is copied. One stream of bytes that is hashed has one id.
import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { writeFully } from './writeFully.js'

const hashes = new Map()

parentPort.on('message', (question) => {
  parentPort.postMessage(question.file === undefined ? hashed(question) : written(question))
})

function hashed({ id, algorithm, chunk }) {
  const hash = hashes.get(id) ?? createHash(algorithm)
  if (chunk !== undefined) {
    hashes.set(id, hash.update(chunk))
    return {}
  }
  hashes.delete(id)
  return { hex: hash.digest('hex') }
}

function written({ file, chunk, position }) {
  try {
    writeFully(file, chunk, position)
    return {}
  } catch ({ message, code, errno, syscall }) {
    // An error that is sent to another thread would lose what the system says.
    return { failure: { message, code, errno, syscall } }
  }
}
