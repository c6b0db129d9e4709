import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bytes } from '../../src/bytes/bytes.js'
import { doubleBuffered, regroup } from '../../src/io/doubleBuffer.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'

describe('alternate', () => {
  test('fills the other buffer while a chunk is in use, and leaves that chunk alone', async () => {
    const seen: number[] = []
    let filled = 0
    const fill = (buffer: Uint8Array) => {
      buffer.fill(++filled)
      return Promise.resolve(filled > 5 ? 0 : buffer.length)
    }
    for await (const chunk of doubleBuffered(fill, { size: 4 })) {
      await Promise.resolve()
      expect(filled).toBe(seen.length + 2)
      seen.push(...new Set(chunk))
    }
    expect(seen).toEqual([1, 2, 3, 4, 5])
  })

  test('fills all others of more than two, one after the other', async () => {
    let filled = 0
    const fill = async (buffer: Uint8Array) => {
      const mine = ++filled
      await Promise.resolve()
      expect(filled).toBe(mine)
      return mine > 9 ? 0 : buffer.fill(mine).length
    }
    const seen: number[] = []
    for await (const chunk of doubleBuffered(fill, { size: 4, count: 4 })) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      seen.push(...new Set(chunk))
      expect(filled).toBeGreaterThanOrEqual(Math.min(seen.length + 3, 10))
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('hands out shared memory', async () => {
    for await (const chunk of regroup(inChunks(content(10), 3), { size: 4 }))
      expect(chunk.buffer).toBeInstanceOf(SharedArrayBuffer)
  })

  test('passes on what was filled before a failure, then the failure', async () => {
    let filled = 0
    const fill = () => (++filled === 3 ? Promise.reject(new Error('disk on fire')) : Promise.resolve(1))
    const lengths: number[] = []
    const reading = async () => {
      for await (const chunk of doubleBuffered(fill, { size: 4 })) lengths.push(chunk.length)
    }
    await expect(reading()).rejects.toThrow('disk on fire')
    expect(lengths).toEqual([1, 1])
  })

  test('waits for the fill that is at work when the reader stops', async () => {
    let running = 0
    const fill = async () => {
      running++
      await Promise.resolve()
      running--
      return 1
    }
    for await (const _ of doubleBuffered(fill, { size: 4 })) break
    expect(running).toBe(0)
  })

  test('waits for no other fill than that when the reader stops', async () => {
    let begun = 0
    const fill = async () => {
      begun++
      await new Promise((resolve) => setTimeout(resolve, 5))
      return 1
    }
    for await (const _ of doubleBuffered(fill, { size: 4, count: 4 })) break
    expect(begun).toBe(2)
  })
})

describe('regroup', () => {
  test('gives the same bytes in chunks of one size, however they come', async () => {
    const lengths = fc.nat({ max: 300 })
    await fc.assert(
      fc.asyncProperty(
        lengths,
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 2, max: 5 }),
        async (length, from, to, count) => {
          const bytes = content(length)
          const sizes: number[] = []
          const regrouped = await collect(counting(regroup(inChunks(bytes, from), { size: to, count }), sizes))
          expect(regrouped.equals(bytes)).toBe(true)
          expect(sizes.slice(0, -1).every((size) => size === to)).toBe(true)
          expect(sizes).toHaveLength(Math.ceil(length / to))
        },
      ),
    )
  })

  test('has chunks that end at multiples of the size where the bytes are to be', async () => {
    const sizes: number[] = []
    const bytes = content(20)
    const regrouped = await collect(counting(regroup(inChunks(bytes, 7), { size: 8, at: 19 }), sizes))
    expect(regrouped.equals(bytes)).toBe(true)
    expect(sizes).toEqual([5, 8, 7])
  })

  test('ends the source when the reader stops', async () => {
    const ended: string[] = []
    for await (const _ of regroup(noting(ended), { size: 4 })) break
    expect(ended).toEqual(['source'])
  })
})

async function* counting(bytes: Bytes, sizes: number[]): Bytes {
  for await (const chunk of bytes) {
    sizes.push(chunk.length)
    yield chunk
  }
}

async function* noting(ended: string[]): Bytes {
  try {
    yield* inChunks(content(100), 3)
  } finally {
    ended.push('source')
  }
}
