import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compactJSON, joinItems, RawObject, rawItems } from '../../../src/spec/json/rawObject.js'

const ORDER = ['first', 'second', 'third']

describe('a struct', () => {
  test('keeps what is not edited: order, unknown fields, numbers, escapes, the end of the line', () => {
    const text = '{"z":1e400,"\\u0061":"<\\u003c>","second":{"x":-0,"y":12345678901234567890}}\n'
    const object = RawObject.struct(text, ORDER)
    expect(object.toString()).toBe(text)
    object.set('second', '2')
    expect(object.toString()).toBe('{"z":1e400,"\\u0061":"<\\u003c>","second":2}\n')
  })

  test('places a new key behind those that come before it in the struct', () => {
    const object = RawObject.struct('{"unknown":0,"third":3}', ORDER)
    object.set('second', '2')
    object.set('first', '1')
    expect(object.toString()).toBe('{"first":1,"second":2,"unknown":0,"third":3}')
    const another = RawObject.struct('{"other":0,"first":1,"last":9}', ORDER)
    another.set('third', '3')
    expect(another.toString()).toBe('{"other":0,"first":1,"third":3,"last":9}')
  })

  test('finds a key in any case, and keeps its spelling', () => {
    const object = RawObject.struct('{"FIRST":1}', ORDER)
    expect(object.get('first')).toBe('1')
    object.set('first', '2')
    expect(object.toString()).toBe('{"FIRST":2}')
    object.delete('First')
    expect(object.isEmpty).toBe(true)
  })

  test('null is no value: it is read as none, replaced in place, and not removed', () => {
    const object = RawObject.struct('{"second":null,"third":3}', ORDER)
    expect(object.get('second')).toBeUndefined()
    object.delete('second')
    expect(object.toString()).toBe('{"second":null,"third":3}')
    object.set('second', '2')
    expect(object.toString()).toBe('{"second":2,"third":3}')
  })

  test('a key that is given twice is changed twice', () => {
    const object = RawObject.struct('{"first":1,"first":1}', ORDER)
    object.set('first', '2')
    expect(object.toString()).toBe('{"first":2,"first":2}')
  })
})

describe('a map', () => {
  test('a new key is sorted in by its bytes; keys match exactly', () => {
    const object = RawObject.map('{"B":1,"a":2}')
    object.set('A', '3')
    object.set('b', '4')
    object.set('__proto__', '5')
    expect(object.toString()).toBe('{"A":3,"B":1,"__proto__":5,"a":2,"b":4}')
    expect(object.get('toString')).toBeUndefined()
  })
})

test('lists keep the spelling of their items', () => {
  expect(rawItems(' [ 1.0 , {"a" : [ ]} , "\\u0041" ] ')).toEqual(['1.0', '{"a":[]}', '"\\u0041"'])
  expect(joinItems(['1.0', '"a"'])).toBe('[1.0,"a"]')
})

test('any object comes out as it went in, without white space', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(2), (value, space) => {
      const text = JSON.stringify(value, null, space)
      for (const object of [RawObject.map(text), RawObject.struct(text, ORDER)]) {
        expect(object.toString()).toBe(compactJSON(text))
        expect(JSON.parse(object.toString())).toEqual(JSON.parse(text))
      }
    }),
  )
})
