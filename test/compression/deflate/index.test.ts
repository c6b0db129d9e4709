import { createHash } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encoder } from '../../../src/compression/encoder.js'
import { content, sameNoise as noise } from '../../fixtures/bytes.js'

const MOST = 1024 * 1024
const WINDOW = 32 * 1024

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a byte', Buffer.from('x')],
  ['fewer bytes than a match', Buffer.from('aaa')],
  ['the shortest match', Buffer.from('abcdabcd')],
  ['one byte again and again', Buffer.alloc(MOST, 'a')],
  ['noise', noise(MOST)],
  ['text', content(MOST)],
  ['all bytes, in order', Buffer.alloc(MOST, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)))],
  ['noise, zeros and text in turns', inTurns()],
  ['symbols whose codes would be longer than any may be', lopsided()],
])('zlib reads %s back', (_, bytes) => {
  expect(inflated(compressed(bytes)).equals(bytes)).toBe(true)
})

test('zlib reads back whatever there is, with whatever was before it', () => {
  const deflate = encoder()
  const words = fc.array(fc.oneof(fc.uint8Array({ maxLength: 9 }), fc.constantFrom(...WORDS)), { maxLength: 300 })
  const bytes = words.map((parts) => Buffer.concat(parts))
  fc.assert(
    fc.property(bytes, bytes, (before, rest) => {
      expect(inflated(deflate(rest, before), before).equals(rest)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test.each([
  [WINDOW, 50],
  [WINDOW + 1, 600],
])('a match %i bytes back leaves at most %i bytes', (distance, most) => {
  const bytes = noise(WINDOW + 600)
  const before = bytes.subarray(0, WINDOW)
  const again = bytes.subarray(0, 512)
  const gap = distance - WINDOW
  const deflated = compressed(Buffer.concat([noise(gap), again]), before)
  expect(inflated(deflated, before).subarray(gap).equals(again)).toBe(true)
  expect(deflated.length).toBeLessThanOrEqual(most)
})

test('what was compressed before does not change the bytes', () => {
  const deflate = encoder()
  const fresh = [content(MOST), noise(5000), inTurns()].map((bytes) => compressed(bytes))
  deflate(inTurns(), noise(WINDOW))
  const used = [content(MOST), noise(5000), inTurns()].map((bytes) => deflate(bytes, NOTHING))
  expect(used.map(digest)).toEqual(fresh.map(digest))
})

test('the bytes are the same on every machine and in every release of Node', () => {
  const deflate = encoder()
  expect([content(MOST), inTurns(), lopsided()].map((bytes) => digest(deflate(bytes, NOTHING)))).toEqual([
    'ffa6ae1c8a65986039f537d6a627c20cdb53ebbb46cc716b22e8118bf2fd6baf',
    'b3657e7ad93853e4f8f34dec6fd694597e0dbaeb88b7f9db47d7dd4eb0cdf668',
    '4d9a220d6558904fe4d0fbabc686d9059567c789dd1de26e6857805c3dc5dde9',
  ])
})

test('what does not compress grows by less than a thousandth', () => {
  expect(compressed(noise(MOST)).length).toBeLessThan(MOST * 1.001)
})

test('codes change with the content', () => {
  const low = noise(100_000).map((byte) => byte & 0x3f)
  const high = low.map((byte) => byte | 0x80).reverse()
  // Six bits each; with one code for both it would be seven.
  expect(compressed(Buffer.concat([low, high])).length).toBeLessThan((200_000 / 8) * 6.1)
})

const WORDS = ['layer', 'manifest.json', 'sha256:', 'the quick brown fox', '\0'.repeat(300)].map((word) =>
  Buffer.from(word),
)

const NOTHING = Buffer.alloc(0)

/** By an encoder that has compressed nothing yet. */
function compressed(bytes: Uint8Array, before: Uint8Array = NOTHING): Uint8Array {
  return encoder()(bytes, before)
}

/** As zlib reads it, with an empty last block that ends it. */
function inflated(deflated: Uint8Array, dictionary: Uint8Array = NOTHING): Buffer {
  return inflateRawSync(Buffer.concat([deflated, Buffer.from([3, 0])]), dictionary.length === 0 ? {} : { dictionary })
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function inTurns(): Buffer {
  return Buffer.concat([noise(100_000), Buffer.alloc(70_000), content(90_000), noise(70_000), content(40_000)])
}

/** Each byte about 1.6 times as often as the one before: the rarest would have codes of more than 20 bits. */
function lopsided(): Buffer {
  const parts: Buffer[] = []
  for (let byte = 0, many = 1, next = 1; byte < 26; byte++) {
    parts.push(Buffer.alloc(many, byte))
    ;[many, next] = [next, many + next]
  }
  return shuffled(Buffer.concat(parts))
}

function shuffled(bytes: Buffer): Buffer {
  const random = noise(bytes.length * 4)
  for (let i = bytes.length - 1; i > 0; i--) {
    const other = random.readUInt32LE(i * 4) % (i + 1)
    const byte = bytes[i] ?? 0
    bytes[i] = bytes[other] ?? 0
    bytes[other] = byte
  }
  return bytes
}
