import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseNumber } from '../../src/tar/numbers.js'
import { base256 } from '../fixtures/tar.js'

test.each([
  ['00000000017\0', 15],
  ['00000000017 ', 15],
  ['         17\0', 15],
  ['777777777777', 8 ** 12 - 1],
  ['17\0garbage..', 15],
  ['\0\0\0\0\0\0\0\0\0\0\0\0', 0],
  ['            ', 0],
])('%j is %i', (text, value) => {
  expect(parseNumber(Buffer.from(text, 'latin1'), 'the size')).toBe(value)
})

test.each(['0000000018\0', '-0000000017\0', '17 17 17 17 ', '0x11\0\0\0\0\0\0\0\0', '1.7\0\0\0\0\0\0\0\0\0'])(
  '%j is no number',
  (text) => {
    expect(() => parseNumber(Buffer.from(text, 'latin1'), 'the size')).toThrow(
      expect.objectContaining({
        code: 'FORMAT',
        message: expect.stringContaining('the size'),
        found: JSON.stringify(text),
      }),
    )
  },
)

test('every safe number is read in base 256, and in octal where it has room', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      expect(parseNumber(base256(BigInt(value)), 'the size')).toBe(value)
      const octal = (value % 8 ** 11).toString(8).padStart(11, '0')
      expect(parseNumber(Buffer.from(`${octal}\0`), 'the size')).toBe(value % 8 ** 11)
    }),
  )
})

test.each([
  ['negative', Buffer.alloc(12, 0xff)],
  ['beyond 2^53', base256(2n ** 53n)],
  ['beyond 2^53', base256(2n ** 90n)],
])('a number in base 256 that is %s is refused', (problem, field) => {
  expect(() => parseNumber(field, 'the size')).toThrow(
    expect.objectContaining({ code: 'FORMAT', message: expect.stringContaining(problem) }),
  )
})
