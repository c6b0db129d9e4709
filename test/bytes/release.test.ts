import { expect, test } from 'vitest'
import { release, released } from '../../src/bytes/release.js'

/** More than the pool has that small buffers share. */
const SIZE = 2 * Buffer.poolSize

test('memory that is released is gone at once', () => {
  const bytes = new Uint8Array(SIZE)
  release(bytes)
  expect(bytes.length).toBe(0)
  expect(bytes.buffer.byteLength).toBe(0)
})

test('many memories can be released, one after the other', () => {
  for (let count = 0; count < 1000; count++) {
    const bytes = new Uint8Array(SIZE)
    release(bytes)
    expect(bytes.length).toBe(0)
  }
})

test('memory that threads share stays', () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(SIZE)).fill(7)
  release(bytes)
  expect(bytes).toEqual(new Uint8Array(SIZE).fill(7))
})

test('small buffers, which share their memory, are left alone', () => {
  const [one, other] = [Buffer.from('one'), Buffer.from('other')]
  release(one)
  release(new Uint8Array(10))
  expect([one.toString(), other.toString()]).toEqual(['one', 'other'])
})

test('a part of a memory takes all of it along', () => {
  const whole = new Uint8Array(SIZE)
  release(whole.subarray(10, 20))
  expect(whole.length).toBe(0)
})

test('bytes come through, and each chunk is released when the next one is asked for', async () => {
  const chunks = [1, 2, 3].map((byte) => new Uint8Array(SIZE).fill(byte))
  const seen: (number | undefined)[] = []
  for await (const chunk of released(streamOf(chunks))) {
    seen.push(chunk[0])
    expect(chunks.map(({ length }) => length > 0)).toEqual(chunks.map((_, at) => at >= seen.length - 1))
  }
  expect(seen).toEqual([1, 2, 3])
  expect(chunks.every(({ length }) => length === 0)).toBe(true)
})

test('a chunk that shares its memory with others is not released', async () => {
  const memory = new Uint8Array(SIZE).fill(7)
  for await (const chunk of released(streamOf([memory.subarray(0, 4), memory.subarray(4)]))) expect(chunk[0]).toBe(7)
  expect(memory).toEqual(new Uint8Array(SIZE).fill(7))
})

async function* streamOf(chunks: Uint8Array[]) {
  for (const chunk of chunks) yield await Promise.resolve(chunk)
}
