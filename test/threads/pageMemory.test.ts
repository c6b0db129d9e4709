import { expect, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { isPages, PAGE, pages } from '../../src/threads/pageMemory.js'

test('pages are shared memory, each time other memory', () => {
  const [first, second] = [pages(PAGE), pages(2 * PAGE)]
  expect([first.length, second.length]).toEqual([PAGE, 2 * PAGE])
  expect(first.buffer).toBeInstanceOf(SharedArrayBuffer)
  first.fill(1)
  second.fill(2)
  expect(new Set(first)).toEqual(new Set([1]))
})

test('whole pages are told from parts of them, and from other memory', () => {
  const some = pages(4 * PAGE)
  expect(isPages(some)).toBe(true)
  expect(isPages(some.subarray(PAGE, 3 * PAGE))).toBe(true)
  expect(isPages(some.subarray(PAGE - 1))).toBe(false)
  expect(isPages(some.subarray(0, 100))).toBe(false)
  expect(isPages(new Uint8Array(new SharedArrayBuffer(PAGE)))).toBe(false)
  expect(isPages(Buffer.alloc(PAGE))).toBe(false)
})

test('when there are no more pages, there is other memory', () => {
  const many = Array.from({ length: 300 }, () => pages(CHUNK))
  expect(many.every((block) => block.length === CHUNK && block.buffer instanceof SharedArrayBuffer)).toBe(true)
  expect(many.some(isPages)).toBe(true)
  expect(many.every(isPages)).toBe(false)
})
