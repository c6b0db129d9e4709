import { expect, test } from 'vitest'
import { visDecode, visEncode } from '../../src/rootfs/vis.js'

test.each([
  ['plain text', 'usr-bin_1.0+x', 'usr-bin_1.0+x'],
  ['marks that stay', `]="~'$&<>|{}`, `]="~'$&<>|{}`],
  ['white space', 'a b\tc\nd\re', 'a\\040b\\011c\\012d\\015e'],
  ['characters of patterns and comments', '*?[#', '\\052\\077\\133\\043'],
  ['a backslash', 'a\\b', 'a\\\\b'],
  ['control characters', '\u0001\u007f', '\\001\\177'],
  ['letters outside ASCII', 'é', '\\303\\251'],
])('%s', (_, plain, encoded) => {
  expect(visEncode(Buffer.from(plain))).toBe(encoded)
  expect(visDecode(encoded, 'x').toString()).toBe(plain)
})

test('every byte comes back', () => {
  const bytes = Buffer.from(Array.from({ length: 512 }, (_, at) => at % 256))
  expect(visEncode(bytes)).toMatch(/^[\x21-\x7e]+$/)
  expect(visDecode(visEncode(bytes), 'x')).toEqual(bytes)
})

test.each([
  ['\\s\\n\\t\\E\\"', ' \n\t\u001b"'],
  ['\\^A\\^?', '\u0001\u007f'],
  ['\\x41\\7z', 'A\u0007z'],
])('%s, as other writers escape, is read', (encoded, plain) => {
  expect(visDecode(encoded, 'x').toString()).toBe(plain)
})

test('meta characters have the high bit set', () => {
  expect(visDecode('\\M-a\\M^A', 'x')).toEqual(Buffer.from([0xe1, 0x81]))
})

test.each(['a\\', '\\q', '\\x4', '\\M', '\\400'])('%s is refused', (encoded) => {
  expect(() => visDecode(encoded, 'x')).toThrow(expect.objectContaining({ code: 'FORMAT', where: 'x' }))
})
