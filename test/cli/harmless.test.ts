import fc from 'fast-check'
import { expect, test } from 'vitest'
import { harmlessLines, jsonLine, oneLine, oneShortLine } from '../../src/cli/harmless.js'

test('what could act on a terminal is shown, not done', () => {
  expect(oneLine('a\u001b[2Jb\nc\u202ed')).toBe('a\\u001b[2Jb\\u000ac\\u202ed')
  expect(oneLine('\u007f\u009b\u2028\u2029')).toBe('\\u007f\\u009b\\u2028\\u2029')
  expect(oneLine('\u200e\u200f\u061c\u00ad\ufeff\u{e0001}')).toBe('\\u200e\\u200f\\u061c\\u00ad\\ufeff\\u{e0001}')
  expect(oneLine('a\ud83db\ude00')).toBe('a\\ud83db\\ude00')
  expect(oneLine('ünïcode 目录 😀')).toBe('ünïcode 目录 😀')
})

test('a short line has no more characters than it may, escapes counted', () => {
  expect(oneShortLine('a'.repeat(1e6))).toBe(`${'a'.repeat(300)}…`)
  expect(oneShortLine('\u200e'.repeat(1e6)).length).toBe(301)
  expect(oneShortLine('abc\n', 20)).toBe('abc\\u000a')
})

const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
const anyText = fc.string({
  unit: fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), fc.constantFrom('\ud83d', '\u{e0020}')),
})

test('no text does anything to a terminal', () => {
  fc.assert(fc.property(anyText, (text) => !HARMFUL.test(oneLine(text))))
})

test('JSON on a line means the same', () => {
  fc.assert(
    fc.property(fc.dictionary(anyText, anyText), (value) => {
      const line = jsonLine(value)
      expect(line.slice(0, -1)).not.toMatch(HARMFUL)
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('lines and tabs of a text stay, and nothing else of it acts', () => {
  expect(harmlessLines('a\tb\nc\u001b[2J\r\n\n')).toBe('a\tb\nc\\u001b[2J\\u000d\n\n')
  expect(harmlessLines('ünïcode 目录 😀\n')).toBe('ünïcode 目录 😀\n')
})
