import { deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { opener } from '../../src/compression/openEnded.js'
import { content, noise, sameNoise } from '../fixtures/bytes.js'

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

const { room, openEnded } = opener()

describe('the last block of DEFLATE', () => {
  test.each([
    ['codes of its own', content(300_000), 9],
    ['codes of its own, and few of them', Buffer.alloc(50_000_000, 'ab'), 9],
    ['the codes that everybody knows', Buffer.from('short'), 9],
    ['nothing', Buffer.alloc(0), 9],
    ['stored bytes', noise(300_000), 1],
    ['stored bytes of a level that stores', content(300_000), 0],
    ['little but what does not compress', Buffer.concat([content(200_000), noise(30_000)]), 6],
    ['what looks like a header of stored bytes', storedHeaderIn(noise(300_000)), 6],
  ])('becomes one of many if it has %s', (_, bytes, level) => {
    expectToGoOn(deflateRawSync(bytes, { level, memLevel: 9 }), bytes)
  })

  test('becomes one of many, whatever the content', () => {
    fc.assert(
      fc.property(mixed, fc.integer({ min: 0, max: 9 }), (bytes, level) => {
        expectToGoOn(deflateRawSync(bytes, { level, memLevel: 9 }), bytes)
      }),
      { numRuns: 100 },
    )
  })

  test('becomes one of many if the bits after it are not zeros', () => {
    const bytes = content(5000)
    const deflated = deflateRawSync(bytes, { level: 9 })
    const last = deflated.length - 1
    for (let bit = 7; bit > 0; bit--) {
      const padded = Buffer.from(deflated)
      padded.writeUInt8((padded[last] ?? 0) | (1 << bit), last)
      if (inflates(padded, bytes)) expectToGoOn(padded, bytes)
    }
  })

  test('is not found in what is no DEFLATE, ends early, or goes on after its end', () => {
    const bytes = content(100_000)
    const deflated = deflateRawSync(bytes)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: deflated.length }), (less) => {
        expect(openedOf(deflated.subarray(0, -less))).toBeUndefined()
      }),
      { numRuns: 50 },
    )
    expect(openedOf(Buffer.concat([deflated, Buffer.from('more')]))).toBeUndefined()
    for (let run = 0; run < 50; run++) openedOf(noise(50_000))
  })
})

/** Bytes with, near their end, what a last stored block begins with. */
function storedHeaderIn(bytes: Buffer): Buffer {
  const size = 2000
  bytes.writeUInt8(1, bytes.length - size - 5)
  bytes.writeUInt16LE(size, bytes.length - size - 4)
  bytes.writeUInt16LE(size ^ 0xffff, bytes.length - size - 2)
  return bytes
}

function expectToGoOn(deflated: Buffer, bytes: Buffer): void {
  const opened = openedOf(deflated) ?? expect.unreachable('its last block is there')
  const twice = inflateRawSync(Buffer.concat([opened, opened, END]), { maxOutputLength: 1 << 28 })
  expect(twice.equals(Buffer.concat([bytes, bytes]))).toBe(true)
}

function inflates(deflated: Buffer, bytes: Buffer): boolean {
  try {
    return inflateRawSync(deflated).equals(bytes)
  } catch {
    return false
  }
}

/** What `openEnded` makes of it; undefined if nothing. */
function openedOf(deflated: Buffer): Buffer | undefined {
  room.fill(0xee)
  room.set(deflated)
  const length = openEnded(deflated.length)
  return length > 0 ? Buffer.from(room.subarray(0, length)) : undefined
}
