import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { usualJobs } from '../../src/bytes/parallel.js'

test('there is a job for each core, and never more than four', () => {
  expect(usualJobs()).toBeGreaterThan(0)
  expect(usualJobs()).toBeLessThanOrEqual(Math.min(4, availableParallelism()))
})
