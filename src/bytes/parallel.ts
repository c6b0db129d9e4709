import { availableParallelism } from 'node:os'

/** Returns how much is done at a time if nothing else is asked for: more than four at a time wait for one disk. */
export function usualJobs(): number {
  return Math.min(availableParallelism(), 4)
}
