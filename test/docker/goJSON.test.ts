import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fieldValue, joinFields, printStruct, printText, withShortEscapes } from '../../src/docker/goJSON.js'
import type { GoField } from '../../src/generated/validators.js'
import { byBytes } from '../../src/spec/json/canonical.js'
import { type ExactObject, parseExact } from '../../src/spec/json/exact.js'

const NOTHING: ReadonlySet<string> = new Set()

describe('a field', () => {
  test.each<[GoField['kind'], string, string]>([
    ['string', '"text"', '"text"'],
    ['string', 'null', '""'],
    ['boolean', 'true', 'true'],
    ['boolean', 'null', 'false'],
    ['integer', '-12', '-12'],
    ['integer', '9007199254740993', '9007199254740993'],
    ['integer', '9223372036854775807', '9223372036854775807'],
    ['integer', '-9223372036854775808', '-9223372036854775808'],
    ['integer', '-0', '0'],
    ['integer', 'null', '0'],
    ['list', '["b","a",null]', '["b","a",""]'],
    ['list', '[]', '[]'],
    ['list', 'null', 'null'],
    ['words', '["a"]', '["a"]'],
    ['words', '"one two"', '["one two"]'],
    ['words', 'null', 'null'],
    ['map', '{"b":"1","a":null,"10":"x","9":"y"}', '{"10":"x","9":"y","a":"","b":"1"}'],
    ['map', '{}', '{}'],
    ['map', 'null', 'null'],
    ['set', '{"/b":{},"/a":{"ignored":1},"/c":null}', '{"/a":{},"/b":{},"/c":{}}'],
    ['time', '"2024-01-02T03:04:05Z"', '"2024-01-02T03:04:05Z"'],
    ['time', '"2024-01-02T03:04:05.120300Z"', '"2024-01-02T03:04:05.1203Z"'],
    ['time', '"2024-01-02T03:04:05.000+00:00"', '"2024-01-02T03:04:05Z"'],
    ['time', '"2024-01-02T03:04:05-00:00"', '"2024-01-02T03:04:05Z"'],
    ['time', '"2024-01-02T03:04:05.1234567899-05:30"', '"2024-01-02T03:04:05.123456789-05:30"'],
    ['time', 'null', '"0001-01-01T00:00:00Z"'],
  ])('of kind %s prints %s as %s', (kind, value, printed) => {
    expect(print(kind, value)).toBe(printed)
  })

  test.each<[GoField['kind'], string]>([
    ['string', '1'],
    ['string', 'false'],
    ['boolean', '1'],
    ['boolean', '"true"'],
    ['integer', '1.5'],
    ['integer', '1e3'],
    ['integer', '"1"'],
    ['integer', '9223372036854775808'],
    ['integer', '-9223372036854775809'],
    ['list', '"a"'],
    ['list', '[1]'],
    ['list', '{}'],
    ['words', '[["a"]]'],
    ['words', '1'],
    ['map', '["a"]'],
    ['map', '{"a":{}}'],
    ['set', '[]'],
    ['set', '{"/data":1}'],
    ['time', '"2024-01-02"'],
    ['time', '"2024-01-02 03:04:05Z"'],
    ['time', '"2024-01-02T03:04:05"'],
    ['time', '"2024-13-02T03:04:05Z"'],
    ['time', '"2024-02-30T03:04:05Z"'],
    ['time', '"2024-01-02T24:00:00Z"'],
    ['time', '""'],
    ['time', '0'],
    ['struct', '[]'],
    ['struct', '"a"'],
  ])('of kind %s cannot be %s', (kind, value) => {
    expect(() => print(kind, value)).toThrow(expect.objectContaining({ code: 'FORMAT', where: 'config' }))
  })

  test.each<[GoField['kind'], string, string]>([
    ['string', '""', '""'],
    ['boolean', 'false', 'false'],
    ['integer', '0', '0'],
    ['list', '[]', '[]'],
    ['map', '{}', '{}'],
    ['set', 'null', 'null'],
  ])('of kind %s that is %s goes unless it is always printed, or a pointer', (kind, value, always) => {
    expect(print(kind, value, 'unless empty')).toBeUndefined()
    expect(print(kind, value)).toBe(always)
    expect(print(kind, value, 'pointer')).toBe(value === 'null' ? undefined : always)
  })

  test('that is a pointer goes if it is null or not there', () => {
    const field: GoField = { name: 'f', printed: 'pointer', kind: 'integer' }
    expect(printed('{"f":null}', [field])).toBe('{}')
    expect(printed('{}', [field])).toBe('{}')
    expect(printed('{"f":0}', [field])).toBe('{"f":0}')
  })
})

describe('a struct', () => {
  const inner: GoField[] = [
    { name: 'B', printed: 'always', kind: 'string' },
    { name: 'A', printed: 'unless empty', kind: 'string' },
  ]
  const fields: GoField[] = [
    { name: 'last', printed: 'always', kind: 'string' },
    { name: 'first', printed: 'always', kind: 'struct', fields: inner },
  ]

  test('is printed in its own order, however it was written', () => {
    expect(printed('{"first":{"A":"a","B":"b"},"last":"l"}', fields)).toBe('{"last":"l","first":{"B":"b","A":"a"}}')
  })

  test('that is not there is printed as an empty one', () => {
    expect(printed('{"first":null}', fields)).toBe('{"last":"","first":{"B":""}}')
  })

  test('loses what it does not know, at every depth', () => {
    expect(printed('{"x":1,"first":{"y":{},"B":"b"}}', fields)).toBe('{"last":"","first":{"B":"b"}}')
  })

  test('loses fields of another era, at every depth', () => {
    const without = new Set(['last', 'A'])
    const object = objectOf('{"first":{"A":"a","B":"b"},"last":"l"}')
    expect(joinFields(printStruct(object, fields, { where: 'config', without }))).toBe('{"first":{"B":"b"}}')
  })

  test('has its keys in any case, of which the last one counts', () => {
    expect(fieldValue(objectOf('{"LAST":"a","Last":"b"}'), 'last')).toBe('b')
    expect(fieldValue(objectOf('{"last":"a","LAST":"b"}'), 'last')).toBe('b')
    expect(fieldValue(objectOf('{"last_":"a"}'), 'last')).toBeNull()
  })

  test('has its keys also with the two letters beyond ASCII that Go takes for ones within it', () => {
    expect(fieldValue(objectOf('{"la\u017ft":"a"}'), 'last')).toBe('a')
    expect(fieldValue(objectOf('{"\u212aey":"a"}'), 'key')).toBe('a')
  })

  test('keeps a text that null is assigned to afterwards, as Go does', () => {
    expect(fieldValue(objectOf('{"last":"a","LAST":null}'), 'last')).toBe('a')
  })
})

describe('a text', () => {
  test('is safe within HTML, and reads as what it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = printText(text)
        expect(JSON.parse(json)).toBe(text.toWellFormed())
        expect(json).not.toMatch(/[<>&\u2028\u2029]/)
      }),
    )
  })

  test.each([
    ['<>&', '"\\u003c\\u003e\\u0026"'],
    ['\u2028\u2029', '"\\u2028\\u2029"'],
    ['\b\f', '"\\u0008\\u000c"'],
    ['\n\r\t', '"\\n\\r\\t"'],
    ['\u0000\u001f\u007f', '"\\u0000\\u001f\u007f"'],
    ['"\\/', '"\\"\\\\/"'],
    ['\\b\\f', '"\\\\b\\\\f"'],
    ['é\u{1f433}', '"é\u{1f433}"'],
    ['a\ud800b', '"a\ufffdb"'],
  ])('%j is printed as Go prints it', (text, json) => {
    expect(printText(text)).toBe(json)
  })

  test.each([
    ['"\\u0008\\u000c"', '"\\b\\f"'],
    ['"\\\\u0008"', '"\\\\u0008"'],
    ['"\\\\\\u0008"', '"\\\\\\b"'],
    ['"\\u0009\\u003c\\n\\""', '"\\u0009\\u003c\\n\\""'],
    ['"u0008"', '"u0008"'],
  ])('%s with short escapes is %s', (json, short) => {
    expect(withShortEscapes(json)).toBe(short)
  })

  test('means the same with short escapes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('\b', '\f', '\\', '"', 'u', '0', '8', 'b', 'c') }), (text) => {
        const json = withShortEscapes(printText(text))
        expect(JSON.parse(json)).toBe(text)
        expect(json).toBe(JSON.stringify(text))
      }),
    )
  })
})

test('keys come in the order of their bytes, not of UTF-16 units', () => {
  const keys = ['\u{1f433}', '\uff5e', 'b', 'B', 'é', '10', '9', '']
  expect(keys.toSorted(byBytes)).toEqual(['', '10', '9', 'B', 'b', 'é', '\uff5e', '\u{1f433}'])
})

test('fields are joined without spaces, names escaped', () => {
  expect(joinFields([])).toBe('{}')
  expect(
    joinFields(
      new Map([
        ['b<', '1'],
        ['a', '[2]'],
      ]),
    ),
  ).toBe('{"b\\u003c":1,"a":[2]}')
})

function print(kind: GoField['kind'], value: string, how: GoField['printed'] = 'always'): string | undefined {
  const field: GoField = { name: 'f', printed: how, kind }
  return printStruct(objectOf(`{"f":${value}}`), [field], { where: 'config', without: NOTHING }).get('f')
}

function printed(json: string, fields: readonly GoField[]): string {
  return joinFields(printStruct(objectOf(json), fields, { where: 'config', without: NOTHING }))
}

function objectOf(json: string): ExactObject {
  const value = parseExact(json)
  return value instanceof Map ? value : expect.unreachable()
}
