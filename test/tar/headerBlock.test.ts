import { expect, test } from 'vitest'
import { asciiOf, paxHeader, paxRecord } from '../../src/tar/headerBlock.js'
import { parsePax } from '../../src/tar/pax.js'

test.each([0, 1, 3, 4, 5, 92, 93, 94, 990, 991, 992, 9988, 9989, 9990])(
  'a record of %s bytes states its own length',
  (size) => {
    const record = paxRecord('k', Buffer.alloc(size, 'v'))
    expect(Number.parseInt(record.toString('latin1'), 10)).toBe(record.length)
    expect(parsePax(record).get('k')?.length).toBe(size)
  },
)

test.each([
  ['a/b', 'a/PaxHeaders.0/b'],
  ['b', 'PaxHeaders.0/b'],
  ['a/\xc3\xa9b', 'a/PaxHeaders.0/b'],
  [`${'d'.repeat(87)}/x`, `${'d'.repeat(87)}/PaxHeaders.0`],
])('the header of %j is named %j', (path, name) => {
  const header = paxHeader(path, Buffer.alloc(513))
  expect(header.toString('latin1', 0, 100).replace(/\0+$/, '')).toBe(name)
  expect(header.length).toBe(512 + 1024)
})

test('what is no ASCII is left out', () => {
  expect(asciiOf('a\u00e9b\x7f')).toBe('ab\x7f')
})
