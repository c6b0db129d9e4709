import { CHUNK } from './bytes.js'

/** Content up to this size takes less time than the start of a thread. */
export const SMALL = 8 * CHUNK

/** Total of small content at the start of a process that is not worth threads. */
const MOST_OF_PROCESS = 16 * CHUNK

let passed = 0

/** Returns the kind of memory for chunks of content of this size: shared if other threads are to read it. */
export function memoryFor(size: number): 'shared' | 'own' {
  if (size > SMALL || passed + size > MOST_OF_PROCESS) return 'shared'
  passed += size
  return 'own'
}
