import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'

test('keys keep their order and nothing is put between', () => {
  expect(canonicalJSON({ b: [1, 'x'], a: { c: null } }).toString()).toBe('{"b":[1,"x"],"a":{"c":null}}')
})

test('what Go escapes is escaped as Go does', () => {
  expect(canonicalJSON('<a> & \u2028\u2029').toString()).toBe('"\\u003ca\\u003e \\u0026 \\u2028\\u2029"')
})

test('other characters are UTF-8', () => {
  expect(canonicalJSON('é\u{1f433}')).toEqual(Buffer.from('"é\u{1f433}"'))
})

test('a member that is undefined is left out', () => {
  expect(canonicalJSON({ a: undefined, b: 1 }).toString()).toBe('{"b":1}')
})

test('any value is read back as it was, and no character that Go escapes is left', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJSON(value).toString()
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(text).not.toMatch(/[<>&\u2028\u2029]/)
    }),
  )
})
