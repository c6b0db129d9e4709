import { expect, test } from 'vitest'
import { type Compression, chosenCompression } from '../../src/spec/compression.js'

const ALL: Compression[] = ['none', 'gzip', 'zstd']

test.each(ALL)('a layer that is kept stays compressed with %s', (present) => {
  expect(chosenCompression('keep', present)).toBe(present)
})

test.each([
  ['uncompressed', 'none'],
  ['gzip', 'gzip'],
  ['zstd', 'zstd'],
] as const)('the choice of %s does not ask what was', (choice, wanted) => {
  expect(ALL.map((present) => chosenCompression(choice, present))).toEqual([wanted, wanted, wanted])
})
