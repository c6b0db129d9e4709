import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Tokens, unquote } from '../../../src/spec/json/tokens.js'

test('a text of millions of escapes is one token', () => {
  const text = JSON.stringify('\n'.repeat(5_000_000))
  expect(new Tokens(`[${text}]`).skip().length).toBe(text.length + 2)
})

describe('the tokens of JSON', () => {
  test('come one after another, as they were written and without white space', () => {
    const text = ' {"a" :\t[1.50, -2e+3,\r\n"b\\"]\\\\", true,false , null, {}]\n} '
    const expected = ['{', '"a"', ':', '[', '1.50', ',', '-2e+3', ',', '"b\\"]\\\\"', ',', 'true', ',', 'false', ',']
    const tokens = new Tokens(text)
    const found = Array.from({ length: 20 }, () => tokens.next())
    expect(found).toEqual([...expected, 'null', ',', '{', '}', ']', '}'])
    expect(text.slice(tokens.at)).toBe(' ')
  })

  test('end with an error that says where', () => {
    const tokens = new Tokens('1 ')
    tokens.next()
    expect(() => tokens.next()).toThrow(expect.objectContaining({ code: 'FORMAT', found: 'something else at 1' }))
  })

  test('joined are the text without the white space between them, whatever it is', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', ' ', '\t', '  '), (json, indent) => {
        const value = JSON.parse(json)
        const compact = JSON.stringify(value)
        const tokens = new Tokens(JSON.stringify(value, null, indent))
        expect(tokens.skip()).toBe(compact)
      }),
    )
  })
})

describe('a value that is passed over', () => {
  test.each([
    ['1', '1'],
    ['"a, b"', '"a, b"'],
    ['{ }', '{}'],
    ['[ [ ] , { "a" : [ 1 ] } ]', '[[],{"a":[1]}]'],
    ['"]}"', '"]}"'],
  ])('ends where it ends: %s', (value, text) => {
    const tokens = new Tokens(`${value} , "next"`)
    expect(tokens.skip()).toBe(text)
    expect([tokens.next(), tokens.next()]).toEqual([',', '"next"'])
  })

  test('may have had its first token read before', () => {
    const tokens = new Tokens('[1, [2]], 3')
    expect(tokens.skip(tokens.next())).toBe('[1,[2]]')
    expect(tokens.next()).toBe(',')
  })

  test('may be passed once more from where it was', () => {
    const tokens = new Tokens('{"a": [1]}')
    const { at } = tokens
    const once = tokens.skip()
    tokens.at = at
    expect(tokens.skip()).toBe(once)
  })
})

describe('the text that a token stands for', () => {
  test.each([
    ['"plain"', 'plain'],
    ['""', ''],
    ['"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'],
    ['"\\u0041\\u00e9\\u2028"', 'A\u00e9\u2028'],
    ['"\\ud83d\\ude00"', '\u{1f600}'],
    ['"\\ud800"', '\ud800'],
    ['"\\\\u0041"', '\\u0041'],
  ])('is as JSON has it: %s', (token, text) => {
    expect(unquote(token)).toBe(text)
    expect(JSON.parse(token)).toBe(text)
  })

  test('is what JSON.parse gives, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(unquote(JSON.stringify(text))).toBe(text)
      }),
    )
  })
})
