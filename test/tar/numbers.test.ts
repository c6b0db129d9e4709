import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isNumber, numberAt, parseNumber, signedNumber } from '../../src/tar/numbers.js'
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

test.each([
  '0000000018\0',
  '-0000000017\0',
  '17 17 17 17 ',
  '0x11\0\0\0\0\0\0\0\0',
  '1.7\0\0\0\0\0\0\0\0\0',
  '\0\0\x000000017\0',
  '17 \0garbage.',
])('%j is no number', (text) => {
  expect(() => parseNumber(Buffer.from(text, 'latin1'), 'the size')).toThrow(
    expect.objectContaining({
      code: 'FORMAT',
      message: expect.stringContaining('the size'),
      found: JSON.stringify(text),
    }),
  )
})

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

test.each([
  ['0000644\0', true],
  ['       \0', true],
  ['\0\0\0\0\0\0\0\0', true],
  ['rw-r--r-', false],
  ['\x00000644\0', false],
  ['0000648\0', false],
])('a field of %j is a number: %s', (text, is) => {
  expect(isNumber(Buffer.from(text, 'latin1'))).toBe(is)
})

test('a field in base 256 is a number of 64 bits, with a sign', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 94n), max: 2n ** 94n - 1n }), fc.constantFrom(30n, 8n, 0n), (value, less) => {
      const number = value >> less
      const field = base256(number & (2n ** 96n - 1n))
      expect(isNumber(field)).toBe(number >= -(2n ** 63n) && number < 2n ** 63n)
    }),
  )
  for (const edge of [2n ** 63n - 1n, -(2n ** 63n)]) expect(isNumber(base256(edge & (2n ** 96n - 1n)))).toBe(true)
  for (const edge of [2n ** 63n, -(2n ** 63n) - 1n]) expect(isNumber(base256(edge & (2n ** 96n - 1n)))).toBe(false)
})

test('a number of eight bytes in base 256 has room always', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 7, maxLength: 7 }), fc.boolean(), (rest, isNegative) => {
      expect(isNumber(Buffer.from([isNegative ? 0xff : 0x80, ...rest]))).toBe(true)
    }),
  )
})

test('a field that is no number is named', () => {
  expect(() => signedNumber(Buffer.from('rw-r--r-'), ['the mode', 0, 8])).toThrow(
    expect.objectContaining({ code: 'FORMAT', message: expect.stringContaining('the mode'), found: '"rw-r--r-"' }),
  )
})

test('a field may be negative, and keeps its value as far as a number can', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.boolean(), (value, isNegative) => {
      const number = isNegative ? -value : value
      const field = base256(BigInt(number) & (2n ** 96n - 1n))
      expect(signedNumber(field, ['the time', 0, 12]) + 0).toBe(number + 0)
      expect(numberAt(Buffer.concat([Buffer.from('xyz'), field, Buffer.from('1')]), 3, 15) + 0).toBe(number + 0)
    }),
  )
})
