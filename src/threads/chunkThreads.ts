import { PROGRAM } from '../generated/chunkProgram.js'
import type { Algorithm } from '../spec/digest.js'
import { type SystemFailure, systemErrorOf } from '../spec/errors.js'
import { Threads } from './threads.js'

/** A hash that is computed in another thread. */
export interface RemoteHash {
  /** Resolves when the chunk's memory is free again. The memory must be shared. */
  update(chunk: Uint8Array): Promise<void>
  /** Lower-case hex. */
  digest(): Promise<string>
  /** Drops a hash without a digest. */
  discard(): void
}

/** A question about a hash, which has no chunk at the end of the bytes, or about a chunk to write. */
export type ChunkQuestion =
  | { id: number; algorithm: Algorithm; chunk?: Uint8Array }
  | { file: number; chunk: Uint8Array; position: number }

/** The answer to a question of either kind. */
export interface ChunkAnswer {
  hex?: string
  failure?: SystemFailure
}

const threads = new Threads<ChunkQuestion, ChunkAnswer>(PROGRAM)
let lastId = 0

/** Smaller chunks cost more in a thread than they save. */
const WORTH_A_THREAD = 256 * 1024

/** True if another thread can and should work on a chunk: its memory is as `alternate` and `regroup` hand it out. */
export function isForThreads(chunk: Uint8Array): boolean {
  return chunk.buffer instanceof SharedArrayBuffer && chunk.length >= WORTH_A_THREAD && threads.areThere()
}

/** A hash stays in its thread, so it weighs more than a written chunk: two in one thread would leave another idle. */
const WEIGHT_OF_HASH = 100

/** Starts a hash in the least busy thread. */
export function remoteHash(algorithm: Algorithm): RemoteHash {
  const thread = threads.lease(WEIGHT_OF_HASH)
  const id = ++lastId
  return {
    update: async (chunk) => {
      await thread.ask({ id, algorithm, chunk })
    },
    digest: async () => {
      const { hex = '' } = await thread.ask({ id, algorithm }).finally(thread.end)
      return hex
    },
    discard: () => {
      thread.ask({ id, algorithm }).then(thread.end, thread.end)
    },
  }
}

/**
 * Writes a chunk to a file in the least busy thread. Resolves when the chunk's memory, which must be shared, is free
 * again. The file must stay open until then.
 */
export async function remoteWrite(file: number, chunk: Uint8Array, position: number): Promise<void> {
  const { failure } = await threads.ask({ file, chunk, position })
  if (failure !== undefined) throw systemErrorOf(failure)
}
