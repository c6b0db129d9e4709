import { CHUNK } from './bytes.js'

/** Content up to this size may be done sooner than a thread is started. */
export const SMALL = 8 * CHUNK

/** So much small content at first, of a whole process, is not worth threads. */
const MOST_OF_PROCESS = 16 * CHUNK

let passed = 0

/** Memory for chunks of content of this size: shared if other threads are to look at it. */
export function memoryFor(size: number): 'shared' | 'own' {
  if (size > SMALL || passed + size > MOST_OF_PROCESS) return 'shared'
  passed += size
  return 'own'
}
