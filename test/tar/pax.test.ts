import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assertPaxNumbers, decimal, parsePax } from '../../src/tar/pax.js'
import { pax } from '../fixtures/tar.js'

test('records are read as they were written, whatever the values', () => {
  const keyword = fc.stringMatching(/^[a-zA-Z][a-zA-Z.]{0,10}$/)
  const value = fc.uint8Array({ maxLength: 150 }).map((bytes) => Buffer.from(bytes))
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(keyword, value), { selector: ([key]) => key }), (records) => {
      const body = Buffer.from(pax(Object.fromEntries(records)).content ?? '')
      expect(parsePax(body)).toEqual(new Map(records))
    }),
  )
})

test.each([
  ['nothing', '', {}],
  ['a value with "=" and line break', '12 path=a=\n\n', { path: 'a=\n' }],
  ['an empty value', '8 path=\n', { path: '' }],
  ['two records with one keyword, the later wins', '9 path=a\n9 path=b\n', { path: 'b' }],
  ['a length with a zero in front', '011 path=a\n', { path: 'a' }],
])('%s', (_, body, records) => {
  const found = [...parsePax(Buffer.from(body))].map(([key, value]) => [key, value.toString()])
  expect(Object.fromEntries(found)).toEqual(records)
})

test.each([
  ['a length beyond the end', '11 path=a\n'],
  ['a length that is too short', '8 path=a\n'],
  ['NULs after the last record', '9 path=a\n\0\0'],
  ['a record after a NUL', '9 path=a\n\x009 path=b\n'],
  ['no keyword', '5 =a\n'],
  ['a length of zero', '0 path=a\n'],
  ['a length that ends before the value', '3 path=a\n'],
  ['a length that is no number', 'x path=a\n'],
  ['a negative length', '-9 path=a\n'],
  ['no length', ' path=a\n'],
  ['no space', '9'],
  ['no "="', '7 path\n'],
  ['no line break', '8 path=a'],
  ['no "=" before the next record', '7 path\n9 path=b\n'],
  ['a second record that is damaged', '9 path=a\n9 path=bc'],
])('a header with %s is refused', (_, body) => {
  expect(() => parsePax(Buffer.from(body))).toThrow(expect.objectContaining({ code: 'FORMAT' }))
})

test.each(['path', 'linkpath', 'uname', 'gname'])('a NUL in the value of %s is refused', (key) => {
  expect(() => parsePax(bodyOf({ [key]: 'a\0b' }))).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
})

test('a NUL in a keyword is refused, and in the value of another is not', () => {
  expect(() => parsePax(bodyOf({ 'a\0b': 'c' }))).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
  expect(parsePax(bodyOf({ comment: '\0' })).get('comment')).toEqual(Buffer.from([0]))
})

test.each(['uid', 'gid', 'mtime', 'atime', 'ctime'])('the %s is a number, or nothing', (key) => {
  for (const value of ['', '0', '17', '-1', '+1']) assertPaxNumbers(parsePax(bodyOf({ [key]: value })))
  for (const value of ['x', '0x1', '1 ', '.5', '1.5.', '1e3']) {
    expect(() => assertPaxNumbers(parsePax(bodyOf({ [key]: value })))).toThrow(
      expect.objectContaining({ code: 'FORMAT', message: expect.stringContaining(`the ${key}`) }),
    )
  }
})

test('a time may have a fraction', () => {
  for (const value of ['1.5', '-1.25', '1.']) assertPaxNumbers(parsePax(bodyOf({ mtime: value })))
})

test.each([
  ['0', 0],
  ['0012', 12],
  ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ['9007199254740992', Number.NaN],
  ['', Number.NaN],
  ['1.5', Number.NaN],
  ['1e3', Number.NaN],
  ['-1', Number.NaN],
])('the decimal %j is %d', (text, value) => {
  expect(decimal(text)).toBe(value)
})

function bodyOf(records: Record<string, string>): Buffer {
  return Buffer.from(pax(records).content ?? '')
}
