import { expect, test } from 'vitest'
import { defined } from '../../src/spec/defined.js'

test('fields that are undefined are left out, and no others', () => {
  expect(Object.entries(defined({ a: undefined, b: null, c: 0, d: '' }))).toEqual([
    ['b', null],
    ['c', 0],
    ['d', ''],
  ])
})
