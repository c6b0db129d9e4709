import { describe, expect, test } from 'vitest'
import { columns, goQuote, humanSize, quotedIfOdd, quotedValue } from '../../../src/image/stat/goText.js'
import { hexLines } from '../../../src/image/stat/hexLines.js'

describe('quotes as Go prints them', () => {
  test.each([
    ['a"b\\', '"a\\"b\\\\"'],
    ['\u0007\b\f\n\r\t\v\u0000\u001b\u007f', '"\\a\\b\\f\\n\\r\\t\\v\\x00\\x1b\\x7f"'],
    ['é\u00a0\u202e\ufeff', '"é\\u00a0\\u202e\\ufeff"'],
    ['\u{1f433}\u{e0001}', '"\u{1f433}\\U000e0001"'],
    ['\ud800', '"\ufffd"'],
  ])('%j', (text, printed) => {
    expect(goQuote(text)).toBe(printed)
  })

  test('stand only where they are needed', () => {
    expect(['plain', 'a b', ''].map(quotedIfOdd)).toEqual(['plain', 'a b', ''])
    expect(['plain', 'a b', '', 'a\tb'].map(quotedValue)).toEqual(['plain', '"a b"', '""', '"a\\tb"'])
  })
})

test.each([
  [0, '0B'],
  [999, '999B'],
  [2175, '2.175kB'],
  [38_822_000, '38.82MB'],
  [999_960, '1000kB'],
  [1e15, '1PB'],
  [1e18, '1000PB'],
])('%d bytes are %s', (bytes, printed) => {
  expect(humanSize(bytes)).toBe(printed)
})

test('columns count characters, and the last one is not padded', () => {
  expect(
    columns([
      ['A', 'B', 'C'],
      ['ü\u{1f433}xyz', '', 'end'],
    ]),
  ).toEqual(['A     B   C', 'ü\u{1f433}xyz     end'])
})

test('bytes are shown as xxd does, at most 256', () => {
  expect(hexLines(Buffer.from('{}'))).toEqual(['0000: 7b7d                                     {}'])
  const lines = hexLines(Buffer.alloc(300, 0x1b))
  expect(lines).toHaveLength(17)
  expect(lines[15]).toBe(`00f0: ${Array(8).fill('1b1b').join(' ')}  ................`)
  expect(lines[16]).toBe('....  (extra 44 bytes omitted)')
})
