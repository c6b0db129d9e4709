import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Exact, ExactNumber, parseExact } from '../../../src/spec/json/exact.js'

test('what JSON.parse reads is read alike, whatever white space is around it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
      const json = `\r\n ${JSON.stringify(value, null, space)}\t`
      expect(plain(parseExact(json))).toEqual(JSON.parse(json))
    }),
  )
})

test('texts are read as they were meant, also with every character escaped', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(parseExact(JSON.stringify(text))).toBe(text)
      const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0'))
      expect(parseExact(`"${units.map((unit) => `\\u${unit}`).join('')}"`)).toBe(text)
    }),
  )
})

test.each([
  ['"\\b\\f\\n\\r\\t"', '\b\f\n\r\t'],
  ['"\\/\\\\\\""', '/\\"'],
  ['"\\\\u0041"', '\\u0041'],
  ['"\\u00E9\\ud83d\\udc33"', 'é\u{1f433}'],
  ['"[1, {}] : null"', '[1, {}] : null'],
  ['" "', ' '],
  ['""', ''],
])('the text %s is read', (json, text) => {
  expect(parseExact(json)).toBe(text)
})

test.each(['0', '-0', '12', '-1.50', '1e3', '1E+30', '9007199254740993', '123456789012345678901234567890', '0.10'])(
  'the number %s stays as it was written',
  (text) => {
    expect(parseExact(text)).toEqual(new ExactNumber(text))
    expect(parseExact(`[${text},{"a": ${text} }]`)).toEqual([
      new ExactNumber(text),
      new Map([['a', new ExactNumber(text)]]),
    ])
  },
)

describe('an object', () => {
  test('has its keys in their order, also those that look like numbers', () => {
    const object = parseExact('{"b":1,"10":2,"9":3,"a":4}')
    expect([...(object instanceof Map ? object.keys() : [])]).toEqual(['b', '10', '9', 'a'])
  })

  test('may have any keys', () => {
    expect(parseExact('{"__proto__":true,"":false,"\\u0061":null}')).toEqual(
      new Map([
        ['__proto__', true],
        ['', false],
        ['a', null],
      ]),
    )
  })

  test('has of a key that comes twice the last value', () => {
    expect(parseExact('{"a":"1","b":"2","\\u0061":"3"}')).toEqual(
      new Map([
        ['a', '3'],
        ['b', '2'],
      ]),
    )
  })
})

test.each([
  '',
  ' ',
  '{',
  '[',
  '{"a":',
  '{"a"',
  '[1,',
  '"a',
  '"\\',
  'nul',
  'NaN',
  "'a'",
  '+1',
  '{"a":tru}',
  '[\u00a01]',
])('%j is refused', (text) => {
  expect(() => parseExact(text)).toThrow(expect.objectContaining({ code: 'FORMAT' }))
})

test('what is as long or as deep as a document may be is read', () => {
  const text = '\\n'.repeat(1024 * 1024)
  expect(parseExact(`"${text}"`)).toBe('\n'.repeat(1024 * 1024))
  const depth = 1000
  expect(JSON.stringify(plain(parseExact('['.repeat(depth) + ']'.repeat(depth))))).toHaveLength(2 * depth)
})

/** The value as JSON.parse has it. */
function plain(value: Exact): unknown {
  if (value instanceof ExactNumber) return Number(value.text)
  if (value instanceof Map) {
    // Defined and not assigned, since a key may be __proto__.
    const object: Record<string, unknown> = {}
    for (const [key, item] of value) {
      Object.defineProperty(object, key, { value: plain(item), enumerable: true, configurable: true, writable: true })
    }
    return object
  }
  return Array.isArray(value) ? value.map(plain) : value
}
