import { expect, test } from 'vitest'
import { exactOf, inStructOrder, printExact } from '../../src/bundle/exactJSON.js'
import { parseExact } from '../../src/spec/json/exact.js'

test('JSON is printed as Go prints it, with and without indentation', () => {
  const value = exactOf({ a: ['<&>\u2028\ud800\b', null, true, 1.5, { b: {} }, []], c: undefined, d: 'x' })
  const text = `${String.raw`"\u003c\u0026\u003e\u2028`}\ufffd\\b"`
  expect(printExact(value)).toBe(`{"a":[${text},null,true,1.5,{"b":{}},[]],"d":"x"}`)
  expect(printExact(value, '\t')).toBe(
    `{\n\t"a": [\n\t\t${text},\n\t\tnull,\n\t\ttrue,\n\t\t1.5,\n\t\t{\n\t\t\t"b": {}\n\t\t},\n\t\t[]\n\t],\n\t"d": "x"\n}`,
  )
})

test('numbers keep their spelling, and keys that look like numbers their order', () => {
  const text = '{"2":18446744073709551615,"1":1e2,"__proto__":-0}'
  expect(printExact(parseExact(text))).toBe(text)
})

test('known keys come first, in the order of their shape, and maps are sorted by bytes', () => {
  const shape = {
    fields: { one: {}, two: { values: {} }, three: { items: { fields: { four: {} } } }, five: { null: true } },
  }
  const value = parseExact(
    '{"x":1,"Two":{"b":1,"10":2,"9":3,"\u{1f600}":4,"\uff41":5},"three":[{"y":1,"FOUR":2}],"one":null,"five":null}',
  )
  expect(printExact(inStructOrder(value, shape as never))).toBe(
    '{"two":{"10":2,"9":3,"b":1,"\uff41":5,"\u{1f600}":4},"three":[{"four":2,"y":1}],"five":null,"x":1}',
  )
})
