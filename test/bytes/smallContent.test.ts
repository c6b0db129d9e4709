import { expect, test } from 'vitest'
import { memoryFor, SMALL } from '../../src/bytes/smallContent.js'

test('only what is small, and comes first, has memory that other threads cannot see', () => {
  expect(memoryFor(SMALL + 1)).toBe('shared')
  expect([memoryFor(SMALL), memoryFor(SMALL), memoryFor(1)]).toEqual(['own', 'own', 'shared'])
})
