import { expect, test } from 'vitest'
import { release, released } from '../../src/bytes/release.js'

test('memory that is released is gone at once', () => {
  const bytes = new Uint8Array(1024)
  release(bytes)
  expect(bytes.length).toBe(0)
  expect(bytes.buffer.byteLength).toBe(0)
})

test('many memories can be released, one after the other', () => {
  for (let count = 0; count < 1000; count++) {
    const bytes = new Uint8Array(64)
    release(bytes)
    expect(bytes.length).toBe(0)
  }
})

test('memory that threads share stays', () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(1024)).fill(7)
  release(bytes)
  expect(bytes).toEqual(new Uint8Array(1024).fill(7))
})

test('a part of a memory takes all of it along', () => {
  const whole = new Uint8Array(1024)
  release(whole.subarray(10, 20))
  expect(whole.length).toBe(0)
})

test('bytes come through, and each chunk is released when the next one is asked for', async () => {
  const chunks = ['one', 'two', 'three'].map((text) => new Uint8Array(Buffer.from(text)))
  const seen: string[] = []
  for await (const chunk of released(streamOf(chunks))) {
    seen.push(Buffer.from(chunk).toString())
    expect(chunks.map(({ length }) => length > 0)).toEqual(chunks.map((_, at) => at >= seen.length - 1))
  }
  expect(seen).toEqual(['one', 'two', 'three'])
  expect(chunks.every(({ length }) => length === 0)).toBe(true)
})

test('a chunk that shares its memory with others is not released', async () => {
  const memory = new Uint8Array(10).fill(7)
  for await (const chunk of released(streamOf([memory.subarray(0, 4), memory.subarray(4)]))) expect(chunk[0]).toBe(7)
  expect(memory).toEqual(new Uint8Array(10).fill(7))
})

async function* streamOf(chunks: Uint8Array[]) {
  for (const chunk of chunks) yield await Promise.resolve(chunk)
}
