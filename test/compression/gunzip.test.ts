import { crc32, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { gunzip } from '../../src/compression/gunzip.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'

const PLAIN = content(5000)
const COMPRESSED = gzipSync(PLAIN)
/** Flags of a header (RFC 1952, FLG). */
const [TEXT, HEADER_CHECKSUM, EXTRA, NAME, COMMENT] = [1, 2, 4, 8, 16] as const
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

describe('a member with all that a header may have', () => {
  const text = (words: string) => Buffer.from(`${words}\0`, 'latin1')
  const extra = Buffer.concat([Buffer.from([4, 0]), Buffer.from('\x1f\x8b\0\0', 'latin1')])
  const long = Buffer.concat([Buffer.from([0xff, 0xff]), Buffer.alloc(0xffff, 'x')])
  const parts: Record<string, [flag: number, bytes: Buffer]> = {
    'an extra field': [EXTRA, extra],
    'an extra field of 65,535 bytes': [EXTRA, long],
    'an extra field of nothing': [EXTRA, Buffer.alloc(2)],
    'a name': [NAME, text('app.tar')],
    'an empty name': [NAME, text('')],
    'a comment': [COMMENT, text('\xe9 comment')],
    'a checksum of the header': [HEADER_CHECKSUM, Buffer.alloc(2)],
    'all of them': [
      EXTRA | NAME | COMMENT | HEADER_CHECKSUM | TEXT,
      Buffer.concat([extra, text('app.tar'), text('made by hand'), Buffer.alloc(2)]),
    ],
  }

  test.each(Object.entries(parts))('is read, first and later: %s', async (_, [flag, fields]) => {
    const member = headed(PLAIN, flag, fields)
    for (const size of [1, 7, 200_000]) {
      expect((await collect(gunzip(inChunks(member, size)))).equals(PLAIN)).toBe(true)
    }
    const twice = Buffer.concat([member, headed(PLAIN, flag, fields)])
    expect((await collect(gunzip(inChunks(twice, 1000)))).equals(Buffer.concat([PLAIN, PLAIN]))).toBe(true)
  })

  test.each(Object.entries(parts))('is refused if it is cut off there: %s', async (_, [flag, fields]) => {
    const end = 10 + fields.length
    for (const length of [11, end - 1, end]) {
      const cut = headed(PLAIN, flag, fields).subarray(0, Math.min(length, end))
      await expect(collect(gunzip(inChunks(cut, 1000)))).rejects.toMatchObject({ code: 'FORMAT' })
    }
  })

  test.each([
    ['a flag that nobody knows', (bytes: Buffer) => bytes.writeUInt8(0x20, 3)],
    ['a method that nobody knows', (bytes: Buffer) => bytes.writeUInt8(7, 2)],
  ])('is refused with %s, first and later', async (_, change) => {
    const member = Buffer.from(COMPRESSED)
    change(member)
    for (const bytes of [member, Buffer.concat([COMPRESSED, member])]) {
      await expect(collect(gunzip(inChunks(bytes, 1000)))).rejects.toMatchObject({ code: 'FORMAT' })
    }
  })
})

describe('members of nothing', () => {
  const nothing = gzipSync(Buffer.alloc(0))

  test.each([
    ['alone', [nothing]],
    ['twice', [nothing, nothing]],
    ['before another', [nothing, COMPRESSED]],
    ['after another', [COMPRESSED, nothing]],
    ['between others', [COMPRESSED, nothing, nothing, COMPRESSED]],
    ['before zeros', [nothing, Buffer.alloc(5)]],
  ])('are read %s, whatever the chunks', async (_, parts) => {
    const expected = Buffer.concat(parts.flatMap((part) => (part === COMPRESSED ? [PLAIN] : [])))
    for (const size of SIZES) {
      expect((await collect(gunzip(inChunks(Buffer.concat(parts), size)))).equals(expected)).toBe(true)
    }
  })
})

test('five thousand small members are read as one, whatever the chunks', async () => {
  const texts = Array.from({ length: 5000 }, (_, at) => `text ${at}\n`)
  const members = Buffer.concat(texts.map((text) => gzipSync(text)))
  for (const size of [7, 1000, 65_536]) {
    expect((await collect(gunzip(inChunks(members, size)))).toString()).toBe(texts.join(''))
  }
})

describe('who asks is told what follows', () => {
  const JUNK = Buffer.from('junk')
  const [ZERO, ZEROS] = [Buffer.alloc(1), Buffer.alloc(700)]

  test.each([
    ['nothing', [COMPRESSED], []],
    ['nothing, after two members', [COMPRESSED, COMPRESSED], []],
    ['a zero', [COMPRESSED, ZERO], ['zeros']],
    ['zeros', [COMPRESSED, ZEROS], ['zeros']],
    ['zeros, after two members', [COMPRESSED, COMPRESSED, ZEROS], ['zeros']],
    ['junk', [COMPRESSED, JUNK], ['junk']],
    ['a byte of junk', [COMPRESSED, Buffer.from('j')], ['junk']],
    ['half of what a member starts with', [COMPRESSED, Buffer.from([0x1f])], ['junk']],
    ['junk after zeros', [COMPRESSED, ZEROS, JUNK], ['junk']],
    ['a member after zeros', [COMPRESSED, ZEROS, COMPRESSED], ['junk']],
    ['junk after two members and zeros', [COMPRESSED, COMPRESSED, ZEROS, JUNK], ['junk']],
  ])('%s, whatever the chunks', async (_, parts, expected) => {
    const plain = Buffer.concat(parts.flatMap((part, at) => (part === COMPRESSED && at < 2 ? [PLAIN] : [])))
    for (const size of SIZES) {
      const told = new Set<string>()
      const found = await collect(gunzip(inChunks(Buffer.concat(parts), size), (rest) => told.add(rest)))
      expect(found.equals(parts[1] === ZEROS ? PLAIN : plain)).toBe(true)
      // What comes chunk by chunk may be zeros at first.
      expect([...told].slice(-1)).toEqual(expected)
    }
  })

  test('junk directly after several members is damage all the same', async () => {
    const bytes = Buffer.concat([COMPRESSED, COMPRESSED, JUNK])
    await expect(collect(gunzip(inChunks(bytes, 1000), () => {}))).rejects.toMatchObject({ code: 'FORMAT' })
  })

  test('and refuses it by throwing', async () => {
    const refusal = new Error('not like this')
    const refuse = () => {
      throw refusal
    }
    for (const parts of [
      [COMPRESSED, JUNK],
      [COMPRESSED, ZEROS],
      [COMPRESSED, COMPRESSED, ZEROS],
    ]) {
      await expect(collect(gunzip(inChunks(Buffer.concat(parts), 1000), refuse))).rejects.toBe(refusal)
    }
  })
})

test('an error of the source is not taken for damage', async () => {
  async function* failing() {
    yield COMPRESSED.subarray(0, 10)
    throw new Error('disk on fire')
  }
  await expect(collect(gunzip(failing()))).rejects.toThrow(/^disk on fire$/)
})

/** A member whose header has these flags, and what they announce. */
function headed(plain: Buffer, flags: number, fields: Buffer): Buffer {
  const bytes = gzipSync(plain)
  bytes.writeUInt8(flags, 3)
  const header = Buffer.concat([bytes.subarray(0, 10), fields])
  if ((flags & HEADER_CHECKSUM) !== 0) header.writeUInt16LE(crc32(header.subarray(0, -2)) & 0xffff, header.length - 2)
  return Buffer.concat([header, bytes.subarray(10)])
}

function garbled(bytes: Buffer): Buffer {
  const middle = Math.floor(bytes.length / 2)
  return Buffer.from(bytes).fill(0xff, middle, middle + 20)
}
