import { expect, test } from 'vitest'
import { checksumAgrees, isZero } from '../../src/bytes/tarChecksum.js'
import { entryBytes } from '../fixtures/tar.js'

test('a header agrees with its checksum, and with no other byte in it', () => {
  const header = entryBytes({ name: 'a' })
  expect(checksumAgrees(header)).toBe(true)
  header[0] = (header[0] ?? 0) + 1
  expect(checksumAgrees(header)).toBe(false)
})

test.each([
  ['six digits, NUL, space', (sum: number) => `${sum.toString(8).padStart(6, '0')}\0 `],
  ['spaces in front', (sum: number) => sum.toString(8).padStart(6, ' ').padEnd(8, '\0')],
  ['eight digits', (sum: number) => sum.toString(8).padStart(8, '0')],
])('a checksum may be written with %s', (_, print) => {
  const sum = Number.parseInt(entryBytes({ name: 'a' }).toString('latin1', 148, 154), 8)
  expect(checksumAgrees(entryBytes({ name: 'a', checksum: print(sum) }))).toBe(true)
})

test('a sum of signed bytes is taken too', () => {
  const header = entryBytes({ name: 'é' })
  const unsigned = Number.parseInt(header.toString('latin1', 148, 154), 8)
  const signed = unsigned - 2 * 256
  expect(checksumAgrees(entryBytes({ name: 'é', checksum: `${signed.toString(8).padStart(6, '0')}\0 ` }))).toBe(true)
})

test.each(['        ', '00000000', 'no octal', '-1\0     '])('%j is no checksum of a header', (checksum) => {
  expect(checksumAgrees(entryBytes({ name: 'a', checksum }))).toBe(false)
})

test('zero bytes are no header, and known as zero', () => {
  expect(checksumAgrees(Buffer.alloc(512))).toBe(false)
  expect(isZero(Buffer.alloc(512))).toBe(true)
  expect(isZero(Buffer.alloc(512).fill(1, 511))).toBe(false)
})
