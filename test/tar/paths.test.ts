import { posix } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanPath, pathParts } from '../../src/tar/paths.js'

test.each([
  ['a/b', ['a', 'b']],
  ['./a//b/', ['a', 'b']],
  ['/a', ['a']],
  ['a/../b', ['b']],
  ['a/..', []],
  ['', []],
  ['..', undefined],
  ['a/../../b', undefined],
  ['/../a', undefined],
  ['...', ['...']],
  ['a\\..\\b', ['a\\..\\b']],
])('%j has the parts %j', (path, parts) => {
  expect(pathParts(path)).toEqual(parts)
  expect(cleanPath(path)).toBe(parts?.join('/'))
})

test('a path is cleaned as node:path does it, unless it leads out', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', '.', '..', '')), (words) => {
      const clean = posix.normalize(words.join('/').replace(/^\/+/, '')).replace(/\/$/, '')
      const parts = clean === '.' ? [] : clean.split('/')
      const expected = parts[0] === '..' ? undefined : parts
      expect(pathParts(words.join('/'))).toEqual(expected)
      expect(cleanPath(words.join('/'))).toBe(expected?.join('/'))
    }),
  )
})
