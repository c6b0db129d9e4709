import { PROGRAM } from '../generated/chunkProgram.js'
import type { Algorithm } from '../spec/digest.js'
import { type SystemFailure, systemErrorOf } from '../spec/errors.js'
import { Threads } from './threads.js'

/** A hash that is computed in another thread. */
export interface RemoteHash {
  /** Resolves when the chunk's memory may be used again. The memory must be shared. */
  update(chunk: Uint8Array): Promise<void>
  /** Lower-case hex. */
  digest(): Promise<string>
  /** Forgets a hash whose digest nobody will ask for. */
  discard(): void
}

/** Of a hash, whose chunks end with none; or of a chunk that is written. */
export type ChunkQuestion =
  | { id: number; algorithm: Algorithm; chunk?: Uint8Array }
  | { file: number; chunk: Uint8Array; position: number }

/** To a question of either kind. */
export interface ChunkAnswer {
  hex?: string
  failure?: SystemFailure
}

const threads = new Threads<ChunkQuestion, ChunkAnswer>(PROGRAM)
let lastId = 0

/** Below this a thread costs more than it saves. */
const WORTH_A_THREAD = 256 * 1024

/** Whether another thread can and should be given a chunk: memory as `alternate` and `regroup` hand it out. */
export function isForThreads(chunk: Uint8Array): boolean {
  return chunk.buffer instanceof SharedArrayBuffer && chunk.length >= WORTH_A_THREAD && threads.areThere()
}

/** A hash stays with its thread, so it counts for more than a chunk that is written: two in one would leave another idle. */
const WEIGHT_OF_HASH = 100

/** A hash in the thread that has least to do. */
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
 * Writes a chunk to a file in the thread that has least to do. Resolves when its memory, which must be shared, may be
 * used again; the file must stay open until then.
 */
export async function remoteWrite(file: number, chunk: Uint8Array, position: number): Promise<void> {
  const { failure } = await threads.ask({ file, chunk, position })
  if (failure !== undefined) throw systemErrorOf(failure)
}
