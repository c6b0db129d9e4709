import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CHUNK } from '../../../src/bytes/bytes.js'
import { gunzip } from '../../../src/bytes/compression/gunzip.js'
import { collect, content, inChunks } from '../../fixtures/bytes.js'

const PLAIN = content(5000)
const COMPRESSED = gzipSync(PLAIN)
const SIZES = [1, 7, 1000, COMPRESSED.length, 100_000]

test('gzip of several members is read as one, whatever the chunks', async () => {
  const members = fc.array(fc.nat({ max: 3000 }), { minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(members, fc.integer({ min: 1, max: 500 }), async (lengths, size) => {
      const parts = lengths.map((length, at) => content(length, at + 1))
      const compressed = Buffer.concat(parts.map((part) => gzipSync(part)))
      expect((await collect(gunzip(inChunks(compressed, size)))).equals(Buffer.concat(parts))).toBe(true)
    }),
    { numRuns: 30 },
  )
})

test('large content comes through', async () => {
  const plain = content(3 * CHUNK)
  expect((await collect(gunzip(inChunks(gzipSync(plain), 65_536)))).equals(plain)).toBe(true)
})

test.each([1, 2, 511, 512, 5000])('%i zeros after the data are padding, whatever the chunks', async (length) => {
  const padded = Buffer.concat([COMPRESSED, Buffer.alloc(length)])
  for (const size of SIZES) expect(await collect(gunzip(inChunks(padded, size)))).toEqual(PLAIN)
})

test('megabytes of padding are read to their end', async () => {
  const padding = 5 * CHUNK
  const source = inChunks(Buffer.concat([COMPRESSED, Buffer.alloc(padding)]), 65_536)
  let read = 0
  async function* counted() {
    for await (const chunk of source) {
      read += chunk.length
      yield chunk
    }
  }
  expect(await collect(gunzip(counted()))).toEqual(PLAIN)
  expect(read).toBe(COMPRESSED.length + padding)
})

test.each([
  ['is no gzip', Buffer.from('plain text')],
  ['is empty', Buffer.alloc(0)],
  ['ends within its header', COMPRESSED.subarray(0, 5)],
  ['ends within its content', COMPRESSED.subarray(0, COMPRESSED.length / 2)],
  ['lacks its last byte', COMPRESSED.subarray(0, -1)],
  ['has another checksum', Buffer.concat([COMPRESSED.subarray(0, -8), Buffer.alloc(4), COMPRESSED.subarray(-4)])],
  ['has another length', Buffer.concat([COMPRESSED.subarray(0, -4), Buffer.alloc(4)])],
  ['has other bytes in its middle', garbled(COMPRESSED)],
  ['is followed by other bytes', Buffer.concat([COMPRESSED, Buffer.from('plain text')])],
  ['is followed by a zero and other bytes', Buffer.concat([COMPRESSED, Buffer.from('\0plain text')])],
  [
    'is followed by megabytes of zeros and a byte',
    Buffer.concat([COMPRESSED, Buffer.alloc(3 * CHUNK), Buffer.from('x')]),
  ],
  ['is followed by zeros and another member', Buffer.concat([COMPRESSED, Buffer.alloc(512), COMPRESSED])],
  ['is of two members, the second damaged', Buffer.concat([COMPRESSED, garbled(COMPRESSED)])],
  ['is followed by half a member', Buffer.concat([COMPRESSED, COMPRESSED.subarray(0, 50)])],
])('data that %s is refused', async (_, bytes) => {
  for (const size of bytes.length > CHUNK ? SIZES.slice(2) : SIZES) {
    await expect(collect(gunzip(inChunks(bytes, size)))).rejects.toMatchObject({
      code: 'FORMAT',
      message: expect.stringContaining('gzip data is damaged'),
    })
  }
})

test('an error of the source is not taken for damage', async () => {
  async function* failing() {
    yield COMPRESSED.subarray(0, 10)
    throw new Error('disk on fire')
  }
  await expect(collect(gunzip(failing()))).rejects.toThrow(/^disk on fire$/)
})

function garbled(bytes: Buffer): Buffer {
  const middle = Math.floor(bytes.length / 2)
  return Buffer.from(bytes).fill(0xff, middle, middle + 20)
}
