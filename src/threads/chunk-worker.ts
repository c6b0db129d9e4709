// Does for others what takes long with a chunk, in a thread of its own: hashes it, or writes it. Its memory is shared,
// so nothing is copied. One stream of bytes that is hashed has one id.
import { createHash, type Hash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import type { SystemFailure } from '../spec/errors.js'
import type { ChunkAnswer, ChunkQuestion } from './chunkThreads.js'
import { writeFully } from './writeFully.js'

type HashQuestion = Exclude<ChunkQuestion, WriteQuestion>

type WriteQuestion = Extract<ChunkQuestion, { file: number }>

const hashes = new Map<number, Hash>()

parentPort?.on('message', (question: ChunkQuestion) => {
  parentPort?.postMessage('file' in question ? written(question) : hashed(question))
})

function hashed({ id, algorithm, chunk }: HashQuestion): ChunkAnswer {
  const hash = hashes.get(id) ?? createHash(algorithm)
  if (chunk !== undefined) {
    hashes.set(id, hash.update(chunk))
    return {}
  }
  hashes.delete(id)
  return { hex: hash.digest('hex') }
}

function written({ file, chunk, position }: WriteQuestion): ChunkAnswer {
  try {
    writeFully(file, chunk, position)
    return {}
  } catch (error) {
    const { message, code, errno, syscall } = error as SystemFailure
    // An error that is sent to another thread would lose what the system says.
    return { failure: { message, code, errno, syscall } }
  }
}
