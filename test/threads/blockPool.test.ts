import { expect, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { giveBlock, takeBlock } from '../../src/threads/blockPool.js'
import { isPages } from '../../src/threads/pageMemory.js'

test('a block is a chunk of whole pages', () => {
  const block = takeBlock()
  expect(block).toHaveLength(CHUNK)
  expect(isPages(block)).toBe(true)
})

test('a block that is given back is used again, and no other is while it is out', () => {
  const [first, second] = [takeBlock(), takeBlock()]
  expect(second).not.toBe(first)
  giveBlock(first)
  expect(takeBlock()).toBe(first)
})

test('memory that is no block of pages is not kept', () => {
  const other = new Uint8Array(new SharedArrayBuffer(CHUNK))
  giveBlock(other)
  expect(takeBlock()).not.toBe(other)
})
