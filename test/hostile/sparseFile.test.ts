import { describe, expect, test } from 'vitest'
import { converted, DOORS } from '../fixtures/layout.js'
import { gnuSparse, leadingMap, type Piece } from '../fixtures/sparse.js'
import { type EntrySpec, pax, tar } from '../fixtures/tar.js'

/** CVE-2025-58183, CVE-2026-32288: maps that take more memory or time than their files are worth. */
const ONE: Piece[] = [[0, 1]]
const X = Buffer.from('x')

const mapped = (map: string, size: string | number, content = 'x'): EntrySpec[] => [
  pax({ 'GNU.sparse.size': `${size}`, 'GNU.sparse.numblocks': blocksIn(map), 'GNU.sparse.map': map }),
  { name: 'layer.tar', content },
]
const blocksIn = (map: string) => `${Math.ceil(map.split(',').length / 2)}`
const version1 = (content: Buffer, records: Record<string, string> = {}): EntrySpec[] => [
  pax({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '100', ...records }),
  { name: 'layer.tar', content },
]
const MAP = { 'GNU.sparse.map': '0,1', 'GNU.sparse.numblocks': '1', 'GNU.sparse.size': '1' }
const renamed = (records: Record<string, string>, content: string): EntrySpec[] => [
  pax({ ...records, 'GNU.sparse.name': 'elsewhere' }),
  { name: 'manifest.json', content },
]
const many: Piece[] = Array.from({ length: 100_001 }, (_, at) => [at * 2, 1])

const TRICKS: [trick: string, code: string, entries: EntrySpec[]][] = [
  ['petabytes of holes in one byte', 'UNSAFE', mapped('0,1', 2 ** 52)],
  ['the same in the old form', 'UNSAFE', gnuSparse('layer.tar', ONE, { content: X, size: 8 ** 11 - 1 })],
  [
    'many files whose holes are too much together',
    'UNSAFE',
    Array.from({ length: 5 }, () => mapped('0,1', 2 ** 30)).flat(),
  ],
  ['a size beyond what numbers can tell', 'FORMAT', mapped('0,1', '9'.repeat(19))],
  [
    'more segments than a function takes arguments',
    'UNSAFE',
    mapped(Array.from({ length: 200_000 }, () => '0,0').join(','), 0, ''),
  ],
  [
    'too many segments',
    'UNSAFE',
    mapped(many.slice(0, 100).join(','), 2 ** 20, 'x'.repeat(100)).concat(
      version1(Buffer.concat([leadingMap(many), Buffer.alloc(100_001)]), { 'GNU.sparse.realsize': `${2 ** 20}` }),
    ),
  ],
  [
    'too many segments in the old form',
    'UNSAFE',
    gnuSparse('layer.tar', many, { content: Buffer.alloc(100_001), size: 2 ** 20 }),
  ],
  ['a map that says to be long', 'UNSAFE', version1(Buffer.from('999999999\n'.padEnd(512, '\0')))],
  ['a map that does not end', 'FORMAT', version1(Buffer.from('9\n0\n'.padEnd(512, '\0')))],
  ['a map without a count', 'FORMAT', version1(Buffer.alloc(512, '0'))],
  ['a map of negative numbers', 'FORMAT', version1(Buffer.from('1\n-1\n5\n'.padEnd(512, '\0')))],
  ['segments that overlap', 'FORMAT', mapped('0,2,1,2', 10, 'xxxx')],
  ['segments out of order', 'FORMAT', mapped('5,1,0,1', 10, 'xx')],
  ['a segment beyond the end', 'FORMAT', mapped('9,2', 10, 'xx')],
  ['segments of less than is stored', 'FORMAT', mapped('0,1', 10, 'xx')],
  ['segments of more than is stored', 'FORMAT', mapped('0,3', 10, 'xx')],
  ['an odd count of numbers', 'FORMAT', mapped('0,1,2', 10)],
  [
    'two maps',
    'FORMAT',
    [pax({ 'GNU.sparse.size': '1', 'GNU.sparse.map': '0,1', 'GNU.sparse.offset': '0' }), { name: 'a', content: 'x' }],
  ],
  ['a format that nobody knows', 'UNSUPPORTED', version1(X, { 'GNU.sparse.major': '2' })],
  [
    'a directory',
    'FORMAT',
    [pax({ 'GNU.sparse.size': '1', 'GNU.sparse.numblocks': '1', 'GNU.sparse.map': '0,0' }), { name: 'd', type: '5' }],
  ],
  [
    'a map without its count',
    'FORMAT',
    [pax({ 'GNU.sparse.size': '1', 'GNU.sparse.map': '0,1' }), { name: 'a', content: 'x' }],
  ],
  [
    'an old header of another tar',
    'FORMAT',
    gnuSparse('a', ONE, { content: X, size: 1 }).map((one) => ({ ...one, magic: 'ustar\x0000' })),
  ],
  ['a name alone', 'FORMAT', [pax({ 'GNU.sparse.name': 'b' }), { name: 'a', content: 'x' }]],
  // What follows is no sparse file to Go's reader, so that it has another name and other content there.
  ['a major version alone', 'UNSUPPORTED', renamed({ ...MAP, 'GNU.sparse.major': '0' }, 'x')],
  ['a minor version alone', 'UNSUPPORTED', renamed({ ...MAP, 'GNU.sparse.minor': '1' }, 'x')],
  [
    'a major version of 1 alone',
    'UNSUPPORTED',
    renamed({ 'GNU.sparse.major': '1', 'GNU.sparse.realsize': '0' }, '0\n'.padEnd(512, '\0')),
  ],
  [
    'an empty map and no version',
    'FORMAT',
    renamed({ 'GNU.sparse.map': '', 'GNU.sparse.numblocks': '0', 'GNU.sparse.size': '5' }, ''),
  ],
  ['no map and no version', 'FORMAT', renamed({ 'GNU.sparse.numblocks': '0', 'GNU.sparse.size': '5' }, '')],
  ['two sizes', 'FORMAT', version1(Buffer.concat([leadingMap(ONE), X]), { 'GNU.sparse.size': '5' })],
]

describe.each(['file', 'pipe'])('by %s', (door) => {
  test.each(TRICKS)('a sparse file with %s is refused', async (_, code, entries) => {
    const open = DOORS[door]
    await expect(converted((await open?.(tar(entries))) as string)).rejects.toMatchObject({ code })
  })
})
