import fc from 'fast-check'
import { expect, test } from 'vitest'
import { algorithmOf, digestOf, hexOf, isDigest, parseDigest, shortDigest } from '../../src/spec/digest.js'

const EMPTY = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

test('the digest of no bytes is the well-known one', () => {
  expect(digestOf(new Uint8Array(0))).toBe(EMPTY)
})

test('a digest that was computed is read as it is', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.constantFrom('sha256' as const, 'sha512' as const), (bytes, algorithm) => {
      const digest = digestOf(bytes, algorithm)
      expect(parseDigest(digest)).toBe(digest)
      expect(`${algorithmOf(digest)}:${hexOf(digest)}`).toBe(digest)
      expect(algorithmOf(digest)).toBe(algorithm)
    }),
  )
})

test.each([
  ['upper-case hex', EMPTY.toUpperCase().replace('SHA256', 'sha256')],
  ['an upper-case algorithm', EMPTY.replace('sha256', 'SHA256')],
  ['a digit too few', EMPTY.slice(0, -1)],
  ['a digit too many', `${EMPTY}0`],
  ['the length of another algorithm', EMPTY.replace('sha256', 'sha512')],
  ['a line break at its end', `${EMPTY}\n`],
  ['a path in it', `sha256:${'../'.repeat(22)}`.slice(0, 71)],
  ['no colon', EMPTY.replace(':', '')],
  ['nothing in it', ''],
])('a digest with %s is refused', (_, text) => {
  expect(isDigest(text)).toBe(false)
  expect(() => parseDigest(text, 'index.json')).toThrow(
    expect.objectContaining({ code: 'UNSAFE', where: 'index.json', found: JSON.stringify(text) }),
  )
})

test.each([
  'md5:d41d8cd98f00b204e9800998ecf8427e',
  'blake3:af1349b9',
  'constructor:aa',
  'multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8',
])('the algorithm of %s is not supported', (text) => {
  expect(() => parseDigest(text)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED', where: undefined }))
})

test('a digest for messages has twelve digits', () => {
  expect(shortDigest(EMPTY)).toBe('sha256:e3b0c44298fc')
})

test('what has no colon has no algorithm', () => {
  expect(algorithmOf('e3b0')).toBe('')
})

test('millions of parts are no digest', () => {
  for (const text of ['a.'.repeat(9e6), `${'a.'.repeat(9e6)}a:b`]) {
    expect(() => parseDigest(text)).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
  }
})
