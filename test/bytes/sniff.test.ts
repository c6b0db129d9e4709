import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { looksLike, sniff } from '../../src/bytes/sniff.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'
import { tar } from '../fixtures/tar.js'

const ARCHIVE = tar([{ name: 'a', content: 'x' }])

test.each([
  ['empty', Buffer.alloc(0)],
  ['gzip', gzipSync('x')],
  ['zstd', Buffer.from('28b52ffd00', 'hex')],
  ['zstd', Buffer.from('5a2a4d1804000000', 'hex')],
  ['xz', Buffer.from('fd377a585a0000', 'hex')],
  ['bzip2', Buffer.from('BZh9')],
  ['tar', ARCHIVE],
  ['tar', tar([{ name: 'BZh9.txt' }])],
  ['tar', tar([{ name: 'a', magic: '\0\0\0\0\0\0\0\0' }])],
  ['tar', Buffer.alloc(1024)],
  ['unknown', Buffer.from('{"a":1}')],
  ['unknown', Buffer.alloc(511)],
  ['unknown', ARCHIVE.subarray(0, 511)],
  ['unknown', tar([{ name: 'a', checksum: '000000\0 ' }])],
  ['unknown', Buffer.from([0x1f])],
  ['unknown', Buffer.from('plain text')],
  ['unknown', Buffer.from('602a4d1804000000', 'hex')],
  ['unknown', Buffer.from(' ')],
])('%s is told by its first bytes', (looks, head) => {
  expect(looksLike(head)).toBe(looks)
})

test('a look takes nothing away, whatever the chunks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 1300 }), fc.integer({ min: 1, max: 700 }), async (length, size) => {
      const head = ARCHIVE.subarray(0, 512)
      const bytes = Buffer.concat([head, content(length)])
      const sniffed = await sniff(inChunks(bytes, size))
      expect(sniffed.looks).toBe('tar')
      expect((await collect(sniffed.bytes)).equals(bytes)).toBe(true)
    }),
  )
})

test.each([0, 1, 511])('content of %i bytes is given back too', async (length) => {
  const { looks, bytes } = await sniff(inChunks(content(length), 100))
  expect(looks).toBe(length === 0 ? 'empty' : 'unknown')
  expect(await collect(bytes)).toEqual(content(length))
})

test('whoever stops reading ends the source', async () => {
  const source = inChunks(content(2000), 300)
  const { bytes } = await sniff(source)
  for await (const _ of bytes) break
  expect(await collect(source)).toHaveLength(0)
})
