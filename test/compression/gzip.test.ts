import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { gzip } from '../../src/compression/gzip.js'
import { collect, content, inChunks, noise } from '../fixtures/bytes.js'

test.each([
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('x')],
  ['one block', content(CHUNK)],
  ['several blocks', content(2 * CHUNK + 77)],
  ['what does not compress', noise(CHUNK + 1)],
])('%s is read back by zlib', async (_, bytes) => {
  expect(gunzipSync(await collect(gzip(inChunks(bytes, 65_536), { jobs: 2 }))).equals(bytes)).toBe(true)
})

test('neither the chunks nor the jobs change the bytes', async () => {
  const bytes = content(2 * CHUNK + 77)
  const once = await collect(gzip(inChunks(bytes, bytes.length), { jobs: 1 }))
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1000, max: 3 * CHUNK }), fc.integer({ min: 1, max: 5 }), async (size, jobs) => {
      expect((await collect(gzip(inChunks(bytes, size), { jobs }))).equals(once)).toBe(true)
    }),
    { numRuns: 6 },
  )
})

test('a block makes use of the one before', async () => {
  const half = noise(CHUNK)
  const end = half.subarray(-20_000)
  const compressed = await collect(gzip(inChunks(Buffer.concat([half, end]), CHUNK), { jobs: 2 }))
  expect(compressed.length).toBeLessThan(half.length + 2000)
})

test('the header says neither name nor time nor system', async () => {
  const header = (await collect(gzip(inChunks(content(10), 10), { jobs: 1 }))).subarray(0, 10)
  expect(header.toString('hex')).toBe('1f8b08000000000000ff')
})

test.each([0, 1, 9])('level %i is read back by zlib', async (level) => {
  const bytes = content(CHUNK + 5)
  const compressed = await collect(gzip(inChunks(bytes, 65_536), { level, jobs: 1 }))
  expect(gunzipSync(compressed).equals(bytes)).toBe(true)
  if (level === 0) expect(compressed.length).toBeGreaterThan(bytes.length)
})

test('an error of the source is thrown', async () => {
  async function* failing() {
    yield* inChunks(content(2 * CHUNK), CHUNK)
    throw new Error('disk on fire')
  }
  await expect(collect(gzip(failing(), { jobs: 2 }))).rejects.toThrow('disk on fire')
})
