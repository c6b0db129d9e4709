import { open } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { readRange } from '../../src/io/range.js'
import { collect, content } from '../fixtures/bytes.js'
import { temporaryFile } from '../fixtures/directory.js'

test('ranges of one file can be read at a time', async () => {
  const bytes = content(2 * CHUNK + 100)
  await using file = await open(await temporaryFile(bytes))
  const ranges = [
    { offset: 0, length: bytes.length },
    { offset: 1, length: CHUNK + 1 },
    { offset: bytes.length - 1, length: 1 },
    { offset: 7, length: 0 },
  ]
  const found = await Promise.all(ranges.map((range) => collect(readRange(file, range))))
  for (const [at, { offset, length }] of ranges.entries()) {
    expect(found[at]?.equals(bytes.subarray(offset, offset + length))).toBe(true)
  }
})

test('a file that ends before its range is refused', async () => {
  await using file = await open(await temporaryFile(content(10)))
  await expect(collect(readRange(file, { offset: 5, length: 6 }))).rejects.toMatchObject({
    code: 'FORMAT',
    expected: 11,
    found: 10,
  })
})
