import { _NapiBindings as native } from '@cloudpss/zstd/napi'
import { expect, test } from 'vitest'
import { compressor, Decompressor, versionOfLibrary } from '../../src/compression/zstdLibrary.js'
import { content, sameNoise } from '../fixtures/bytes.js'

const MiB = 1024 * 1024
const NEVER = () => false

/** False where Node brings a zstd of another release (22.15 and later), whose functions the native addon then calls. */
const isSameRelease = native.version === versionOfLibrary()

function byNative(bytes: Uint8Array, level: number): Buffer {
  const own = new native.Compressor(level)
  const pieces: Uint8Array[] = []
  own.data(Buffer.from(bytes), (piece) => pieces.push(piece))
  own.end((piece) => pieces.push(piece))
  return Buffer.concat(pieces)
}

const compress = compressor()

/** Some of everything: text, what does not compress, what repeats itself, near and far. */
const MIXED = Buffer.concat([
  content(150_000),
  sameNoise(70_000),
  Buffer.alloc(200_000),
  content(40_000, 3),
  sameNoise(70_000),
  Buffer.from(compressor.toString().repeat(50)),
])

test('it is release 1.5.6, whichever Node runs it', () => {
  expect(versionOfLibrary()).toBe('1.5.6')
})

test.skipIf(!isSameRelease).each(Array.from({ length: 19 }, (_, at) => at + 1))(
  'level %i makes the bytes that the native library makes',
  (level) => {
    for (const size of [0, 128 * 1024 + 1, MIXED.length]) {
      const bytes = MIXED.subarray(0, size)
      expect(byNative(bytes, level).equals(compress(bytes, level, NEVER) ?? MIXED)).toBe(true)
    }
  },
)

test('frames of two levels in turn are those of each level', () => {
  const frames = [3, 7, 3, 1, 7].map((level) => compress(MIXED, level, NEVER))
  expect(frames).toEqual([3, 7, 3, 1, 7].map((level) => compressor()(MIXED, level, NEVER)))
})

test('whether to stop is asked before every 128 KiB, and a frame that was left spoils none', () => {
  let asked = 0
  expect(compress(content(4 * MiB), 3, () => ++asked === 3)).toBeUndefined()
  expect(asked).toBe(3)
  expect(compress(MIXED, 3, NEVER)).toEqual(compressor()(MIXED, 3, NEVER))
  asked = 0
  compress(content(MiB), 3, () => ++asked < 0)
  expect(asked).toBe(8)
})

test('what comes out comes in pieces of at most 1 MiB, whatever it was made of', () => {
  const decompressor = new Decompressor()
  const frame = compressor()(Buffer.alloc(5 * MiB + 1), 3, NEVER) ?? MIXED
  decompressor.begin()
  const sizes = [...decompressor.decompress(frame)].map(({ length }) => length)
  expect(sizes.reduce((sum, size) => sum + size)).toBe(5 * MiB + 1)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MiB)
})

test.each([1, 2, 3])('it knows where a frame ends, of exactly %i MiB', (count) => {
  const decompressor = new Decompressor()
  const frame = compressor()(sameNoise(count * MiB), 3, NEVER) ?? MIXED
  decompressor.begin()
  expect(decompressor.isBetweenFrames).toBe(true)
  const all = [...decompressor.decompress(frame.subarray(0, -1))]
  expect(decompressor.isBetweenFrames).toBe(false)
  all.push(...decompressor.decompress(frame.subarray(-1)))
  expect(decompressor.isBetweenFrames).toBe(true)
  expect(Buffer.concat(all).equals(sameNoise(count * MiB))).toBe(true)
})

test('it begins anew after damage', () => {
  const decompressor = new Decompressor()
  const frame = compressor()(MIXED, 3, NEVER) ?? MIXED
  decompressor.begin()
  expect(() => [...decompressor.decompress(Buffer.from(frame).fill(0xff, 100, 600))]).toThrow(/corrupt/i)
  decompressor.begin()
  expect(Buffer.concat([...decompressor.decompress(frame)]).equals(MIXED)).toBe(true)
})
