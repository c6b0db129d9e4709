import { describe, expect, test } from 'vitest'
import { assertOneReading } from '../../../src/spec/json/duplicateKeys.js'

describe('JSON with two readings is refused:', () => {
  test.each([
    ['a key with two values', '{"a":1,"a":2}', 'a'],
    ['a key within a list', '[{"b":[1]},{"b":[1],"c":0,"b":[2]}]', 'b'],
    ['a key that is escaped once', '{"tag":"one","\\u0074ag":"two"}', 'tag'],
    ['values of different type', '{"a":"1","a":1}', 'a'],
    ['a key deep inside', '{"a":{"b":{"c":{"d":null,"d":{}}}}}', 'd'],
    ['three values of which two agree', '{"a":1,"a":1,"a":2}', 'a'],
  ])('%s', (_, text, key) => {
    expect(() => assertOneReading(text, 'x.json')).toThrow(
      expect.objectContaining({
        code: 'FORMAT',
        message: `x.json: "${key}" is given twice, with different values`,
        hint: 'readers disagree on which one to use',
      }),
    )
  })
})

describe('JSON with one reading passes:', () => {
  test.each([
    ['a scalar', ' "a" '],
    ['empty containers', '{"a":[],"b":{}}'],
    ['one key in several objects', '[{"a":1},{"a":2}]'],
    ['keys that differ in case', '{"a":1,"A":2}'],
    ['a key twice with one value', '{"a":{"b":[1, 2]},"a":{ "b":[1,2] }}'],
    ['signs within texts', '{"a":"{\\"a\\":1,\\"a\\":2}","b":"}]"}'],
  ])('%s', (_, text) => {
    expect(() => assertOneReading(text, 'x.json')).not.toThrow()
  })
})

test('values within each other that are given twice, in different spelling, do not take forever', () => {
  let [one, other] = ['[0]', '[ 0]']
  for (let depth = 0; depth < 18; depth++) {
    const both = [`{"a":${one},"a":${other}}`, `{"a":${one}, "a":${other}}`]
    one = both[0] ?? ''
    other = both[1] ?? ''
  }
  expect(() => assertOneReading(one, 'x.json')).toThrow(expect.objectContaining({ code: 'FORMAT' }))
})
