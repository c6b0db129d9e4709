import { deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openEnded, ROOM } from '../../../src/bytes/compression/lastBlock.js'
import { content, noise, sameNoise } from '../../fixtures/bytes.js'

/** No more blocks: an empty one that is the last. */
const END = Buffer.from([3, 0])

/** What compresses and what does not, so that the last block is of one kind or another. */
const mixed = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 90_000 }), fc.constantFrom('words', 'noise', 'zeros')), { maxLength: 5 })
  .map((parts) => Buffer.concat(parts.map(([size, kind], at) => PARTS[kind]?.(size, at) ?? Buffer.alloc(size))))

const PARTS: Record<string, (size: number, seed: number) => Buffer> = {
  words: (size, seed) => content(size, seed + 1),
  noise: (size) => sameNoise(size),
}

describe('the last block of DEFLATE', () => {
  test.each([
    ['codes of its own', content(300_000), 9],
    ['codes of its own, and few of them', Buffer.alloc(50_000_000, 'ab'), 9],
    ['stored bytes', noise(300_000), 1],
    ['stored bytes of a level that stores', content(300_000), 0],
    ['little but what does not compress', Buffer.concat([content(200_000), noise(30_000)]), 6],
  ])('becomes one of many if it has %s', (_, bytes, level) => {
    const opened = openedOf(deflateRawSync(bytes, { level, memLevel: 9 }), bytes)
    expect(opened).toBeDefined()
    expect(inflated(opened, opened, END).equals(Buffer.concat([bytes, bytes]))).toBe(true)
  })

  test('becomes one of many, or stays what it is, whatever the content', () => {
    let found = 0
    fc.assert(
      fc.property(mixed, fc.integer({ min: 0, max: 9 }), (bytes, level) => {
        const deflated = deflateRawSync(bytes, { level, memLevel: 9 })
        const opened = openedOf(deflated, bytes)
        if (opened === undefined) return
        found++
        expect(inflated(opened, opened, END).equals(Buffer.concat([bytes, bytes]))).toBe(true)
      }),
      { numRuns: 60 },
    )
    expect(found).toBeGreaterThan(20)
  })

  test.each([
    ['of nothing', Buffer.alloc(0)],
    ['with the codes that everybody knows', Buffer.from('short')],
    ['too short to prove anything', content(1000)],
  ])('is not found if it is %s', (_, bytes) => {
    expect(openedOf(deflateRawSync(bytes), bytes)).toBeUndefined()
  })

  test('is not found if it stands for something else', () => {
    const bytes = content(100_000)
    const other = Buffer.from(bytes)
    other.writeUInt8(0, other.length - 500)
    for (const level of [0, 9]) expect(openedOf(deflateRawSync(bytes, { level }), other)).toBeUndefined()
  })

  test('is not found in what is no DEFLATE, or ends early', () => {
    const bytes = content(100_000)
    const deflated = deflateRawSync(bytes)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: deflated.length }), (less) => {
        expect(openedOf(deflated.subarray(0, -less), bytes)).toBeUndefined()
      }),
      { numRuns: 30 },
    )
    for (let run = 0; run < 10; run++) expect(openedOf(noise(50_000), bytes)).toBeUndefined()
  })
})

/** What `openEnded` makes of it; undefined if nothing, and nothing may have changed then. */
function openedOf(deflated: Buffer, bytes: Buffer): Buffer | undefined {
  const buffer = Buffer.concat([deflated, Buffer.alloc(ROOM, 0xee)])
  const before = Buffer.from(buffer)
  const length = openEnded(buffer, deflated.length, bytes)
  if (length > 0) return buffer.subarray(0, length)
  expect(buffer.equals(before)).toBe(true)
  return undefined
}

function inflated(...parts: (Buffer | undefined)[]): Buffer {
  return inflateRawSync(Buffer.concat(parts.map((part) => part ?? Buffer.alloc(0))), { maxOutputLength: 1 << 28 })
}
