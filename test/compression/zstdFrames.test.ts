import { compress } from '@cloudpss/zstd'
import { expect, test } from 'vitest'
import type { Bytes } from '../../src/bytes/bytes.js'
import { zstdFrames } from '../../src/compression/zstdFrames.js'
import { content, inChunks, noise } from '../fixtures/bytes.js'

/** The largest block that zstd may have, and its header. */
const LARGEST = 128 * 1024 + 3
const SKIPPABLE = Buffer.from('502a4d1804000000ffffffff', 'hex')

test.each([1, 1000, 10_000_000])('frames are cut apart without loss, in chunks of %i bytes', async (size) => {
  const frames = [compress(content(1000)), compress(Buffer.alloc(0)), compress(content(1000, 2))].map(Buffer.from)
  const found = await all(zstdFrames(inChunks(Buffer.concat([SKIPPABLE, ...frames, SKIPPABLE]), size)))
  expect(found.map((pieces) => Buffer.concat(pieces))).toEqual(frames)
})

test.each([
  ['noise', noise(500_000)],
  ['zeros, as run-length blocks', Buffer.alloc(500_000)],
  ['text', content(500_000)],
])('a piece has at most one block: %s', async (_, plain) => {
  const frame = Buffer.from(compress(plain))
  const [pieces = []] = await all(zstdFrames(inChunks(frame, frame.length)))
  expect(Buffer.concat(pieces)).toEqual(frame)
  expect(pieces.length).toBeGreaterThan(500_000 / LARGEST)
  for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(LARGEST)
})

test.each([
  ['with a window descriptor', '28b52ffd 00 58 010000'],
  ['with content size and checksum', '28b52ffd 24 00 010000 99e9d851'],
  ['with a dictionary and a long content size', '28b52ffd e3 04030201 0000000000000000 010000'],
  ['with a run-length block', '28b52ffd 00 58 2b0000 61'],
])('a frame %s is taken whole', async (_, hex) => {
  const frame = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  const found = await all(zstdFrames(inChunks(Buffer.concat([frame, SKIPPABLE]), 3)))
  expect(found.map((pieces) => Buffer.concat(pieces))).toEqual([frame])
  for (let length = 1; length < frame.length; length++) {
    await expect(all(zstdFrames(inChunks(frame.subarray(0, length), 3)))).rejects.toMatchObject({ code: 'FORMAT' })
  }
})

test.each([5, 9])('a skippable frame that ends after %i bytes is refused', async (length) => {
  await expect(all(zstdFrames(inChunks(SKIPPABLE.subarray(0, length), 3)))).rejects.toThrow('ends within a frame')
})

test('what is neither a frame nor the end is refused', async () => {
  await expect(all(zstdFrames(inChunks(Buffer.from('1f8b0800', 'hex'), 3)))).rejects.toMatchObject({
    code: 'FORMAT',
    found: '0x1f8b0800',
  })
})

test('nothing has no frames', async () => {
  expect(await all(zstdFrames(inChunks(Buffer.alloc(0), 1)))).toEqual([])
})

async function all(frames: AsyncIterable<Bytes>): Promise<Buffer[][]> {
  const found: Buffer[][] = []
  for await (const frame of frames) {
    const pieces: Buffer[] = []
    for await (const piece of frame) pieces.push(Buffer.from(piece))
    found.push(pieces)
  }
  return found
}
