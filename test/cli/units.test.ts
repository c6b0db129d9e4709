import { expect, test } from 'vitest'
import { printBytes, printDuration } from '../../src/cli/units.js'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [9_994, '9.99 kB'],
  [99_949, '99.9 kB'],
  [999_499, '999 kB'],
  [999_500, '1.00 MB'],
  [1_956_311_040, '1.96 GB'],
  [5e15, '5000 TB'],
])('%i bytes are printed as %s', (bytes, text) => {
  expect(printBytes(bytes)).toBe(text)
})

test.each([
  [0, '0.00 s'],
  [9_990, '9.99 s'],
  [15_540, '15.5 s'],
  [59_960, '1 min 0 s'],
  [3_600_000, '1 h 0 min'],
])('%i milliseconds are printed as %s', (milliseconds, text) => {
  expect(printDuration(milliseconds)).toBe(text)
})
