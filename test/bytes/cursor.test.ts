import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Bytes } from '../../src/bytes/bytes.js'
import { Cursor } from '../../src/bytes/cursor.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'

test('reading, passing and skipping give the same bytes whatever the chunks', async () => {
  const step = fc.record({ how: fc.constantFrom('read', 'pass', 'skip'), length: fc.nat({ max: 40 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(step), fc.integer({ min: 1, max: 50 }), async (steps, size) => {
      const bytes = content(300)
      const cursor = new Cursor(inChunks(bytes, size))
      for (const { how, length } of steps) {
        const expected = bytes.subarray(cursor.position, cursor.position + length)
        if (how === 'skip') expect(await cursor.skip(length)).toBe(expected.length)
        else {
          const found = how === 'read' ? Buffer.from(await cursor.read(length)) : await collect(cursor.pass(length))
          expect(found.equals(expected)).toBe(true)
        }
      }
    }),
  )
})

test('what is here can be read without waiting, and nothing else', async () => {
  const bytes = content(20)
  const cursor = new Cursor(inChunks(bytes, 8))
  expect(cursor.readHere(1)).toBeUndefined()
  await cursor.read(2)
  expect(Buffer.from(cursor.readHere(6) ?? [])).toEqual(bytes.subarray(2, 8))
  expect(cursor.readHere(1)).toBeUndefined()
  expect(Buffer.from(await cursor.read(12))).toEqual(bytes.subarray(8))
})

test('at the end the memory of the last chunk may be gone', async () => {
  const cursor = new Cursor(giving())
  expect(await cursor.read(8)).toHaveLength(8)
  expect(await cursor.read(8)).toHaveLength(0)
  expect(cursor.readHere(1)).toBeUndefined()
  expect(await cursor.read(1)).toHaveLength(0)
})

/** A chunk, whose memory is given away when the next one is asked for. */
async function* giving(): Bytes {
  const chunk = new Uint8Array(8)
  yield chunk
  structuredClone(chunk, { transfer: [chunk.buffer] })
}

test('at the end there is less than was asked for, and then nothing', async () => {
  const cursor = new Cursor(inChunks(content(10), 4))
  expect(await cursor.read(11)).toHaveLength(10)
  expect(await cursor.read(1)).toHaveLength(0)
  expect(await cursor.skip(Number.POSITIVE_INFINITY)).toBe(0)
  expect(cursor.position).toBe(10)
})

test('what is not taken of bytes that pass stays', async () => {
  const bytes = content(20)
  const cursor = new Cursor(inChunks(bytes, 3))
  for await (const chunk of cursor.pass(10)) {
    expect(chunk).toHaveLength(3)
    break
  }
  expect(Buffer.from(await cursor.read(17))).toEqual(bytes.subarray(3))
})

test('empty chunks are passed over', async () => {
  const cursor = new Cursor(sparse())
  expect(Buffer.from(await cursor.read(2)).toString()).toBe('ab')
  expect(await collect(cursor.pass(9))).toEqual(Buffer.from('c'))
})

test('what is given back is read once more, whatever the chunks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 60 })), fc.integer({ min: 1, max: 50 }), async (backs, size) => {
      const bytes = content(300)
      const cursor = new Cursor(inChunks(bytes, size))
      let kept = Buffer.alloc(0)
      for (const back of backs) {
        for await (const chunk of cursor.pass(Number.POSITIVE_INFINITY)) {
          const end = Math.max(0, chunk.length - back)
          kept = Buffer.concat([kept, chunk.subarray(0, end)])
          cursor.unread(chunk.subarray(end))
          break
        }
        expect(cursor.position).toBe(kept.length)
      }
      const rest = await collect(cursor.pass(Number.POSITIVE_INFINITY))
      expect(Buffer.concat([kept, rest]).equals(bytes)).toBe(true)
    }),
  )
})

test('nothing can be given back of a chunk that has not passed to its end', async () => {
  const cursor = new Cursor(inChunks(content(20), 10))
  const read = Buffer.from(await cursor.read(4))
  expect(() => cursor.unread(read)).toThrow(expect.objectContaining({ code: 'INTERNAL' }))
  expect(Buffer.from(await cursor.read(16))).toEqual(content(20).subarray(4))
})

test('nothing that is given back changes nothing', async () => {
  const cursor = new Cursor(inChunks(content(20), 10))
  for await (const chunk of cursor.pass(10)) cursor.unread(chunk.subarray(10))
  expect(cursor.position).toBe(10)
  expect(Buffer.from(await cursor.read(10))).toEqual(content(20).subarray(10))
})

test('what is given back at the end is all that is left', async () => {
  const cursor = new Cursor(inChunks(content(20), 20))
  for await (const chunk of cursor.pass(20)) cursor.unread(chunk.subarray(15))
  expect(cursor.position).toBe(15)
  expect(await collect(cursor.pass(Number.POSITIVE_INFINITY))).toEqual(content(20).subarray(15))
  expect(cursor.position).toBe(20)
})

test('closing ends the source', async () => {
  const bytes = inChunks(content(20), 3)
  const cursor = new Cursor(bytes)
  await cursor.read(1)
  await cursor.close()
  expect(await cursor.read(1)).toHaveLength(0)
  expect(await collect(bytes)).toHaveLength(0)
})

async function* sparse(): Bytes {
  for (const text of ['', '', 'a', '', 'b', 'c', '']) yield Buffer.from(text)
}
