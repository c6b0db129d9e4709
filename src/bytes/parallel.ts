import { availableParallelism } from 'node:os'

/** Returns how many jobs run at a time unless the user says it: one a core, at most four. */
export function usualJobs(): number {
  return Math.min(availableParallelism(), 4)
}
