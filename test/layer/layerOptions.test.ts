import { expect, test } from 'vitest'
import { jobLimits } from '../../src/layer/layerOptions.js'

test.each([
  ['gzip', { mostLarge: 2 }],
  ['zstd', { mostLarge: 2 }],
  ['keep', {}],
  ['uncompressed', {}],
] as const)('large layers wait for each other only where they are compressed: %s', (layers, limits) => {
  expect(jobLimits({ layers, jobs: 4 })).toEqual(limits)
})
