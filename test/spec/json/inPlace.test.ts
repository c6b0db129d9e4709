import { expect, test } from 'vitest'
import { inPlace, placesOf } from '../../../src/spec/json/inPlace.js'

const keysOf = (text: string) => [text, text.charAt(0)]

test('items stand where they stood, or others of their next key, and new ones follow in their order', () => {
  const before = placesOf(['b1', 'a1', 'b2'], keysOf)
  expect(inPlace(['z', 'b2', 'y', 'a2', 'b1'], keysOf, before)).toEqual(['b1', 'a2', 'b2', 'z', 'y'])
})

test('of one key the first place counts', () => {
  expect(placesOf(['b1', 'a1', 'b2'], keysOf).get('b')).toBe(0)
})
