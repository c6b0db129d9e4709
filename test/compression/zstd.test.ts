import { compress, decompress } from '@cloudpss/zstd'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { unzstd, ZSTD_VERSION, zstd } from '../../src/compression/zstd.js'
import { versionOfLibrary } from '../../src/compression/zstdLibrary.js'
import { collect, content, inChunks, noise } from '../fixtures/bytes.js'

const PLAIN = content(300_000)
const FRAME = Buffer.from(compress(PLAIN))

test.each([
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('x')],
  ['several chunks', content(2 * CHUNK + 77)],
  ['what does not compress', noise(CHUNK + 1)],
])('%s is read back by the native library, and by this package', async (_, bytes) => {
  const compressed = await collect(zstd(inChunks(bytes, 65_536), { jobs: 2 }))
  expect(Buffer.from(decompress(compressed)).equals(bytes)).toBe(true)
  expect((await collect(unzstd(inChunks(compressed, 65_536)))).equals(bytes)).toBe(true)
})

test('neither the chunks nor the jobs change the bytes, the level does', async () => {
  const bytes = content(5 * CHUNK + 5)
  const once = await collect(zstd(inChunks(bytes, bytes.length), { jobs: 2 }))
  expect((await collect(zstd(inChunks(bytes, 77_777), { jobs: 1 }))).equals(once)).toBe(true)
  expect((await collect(zstd(inChunks(bytes, 777_777), { jobs: 4 }))).equals(once)).toBe(true)
  expect((await collect(zstd(inChunks(bytes, 77_777), { level: 9, jobs: 2 }))).equals(once)).toBe(false)
})

test('frames are read as one, whatever the chunks, and skippable ones are skipped', async () => {
  const skippable = Buffer.from('5f2a4d1803000000ffffff', 'hex')
  const frames = fc.array(fc.nat({ max: 3000 }), { maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(frames, fc.integer({ min: 1, max: 500 }), async (lengths, size) => {
      const parts = lengths.map((length, at) => content(length, at + 1))
      const compressed = Buffer.concat([skippable, ...parts.flatMap((part) => [compress(part), skippable])])
      expect((await collect(unzstd(inChunks(compressed, size)))).equals(Buffer.concat(parts))).toBe(true)
    }),
    { numRuns: 30 },
  )
})

test.each([
  ['is no zstd', Buffer.from('plain text')],
  ['ends within its header', FRAME.subarray(0, 5)],
  ['ends within a block', FRAME.subarray(0, FRAME.length / 2)],
  ['lacks its last byte', FRAME.subarray(0, -1)],
  ['was changed', Buffer.from(FRAME).fill(0xff, 100, 600)],
  ['is followed by other bytes', Buffer.concat([FRAME, Buffer.from('plain text')])],
  ['is followed by half a frame', Buffer.concat([FRAME, FRAME.subarray(0, 50)])],
])('data that %s is refused', async (_, bytes) => {
  for (const size of [7, 1_000_000]) {
    await expect(collect(unzstd(inChunks(bytes, size)))).rejects.toMatchObject({
      code: 'FORMAT',
      message: expect.stringContaining('zstd data is damaged'),
    })
  }
})

test('a window larger than any engine takes is not called damage', async () => {
  const header = Buffer.from('28b52ffd 00 90'.replaceAll(' ', ''), 'hex')
  const data = Buffer.concat([header, Buffer.from('010000', 'hex')])
  await expect(collect(unzstd(inChunks(data, 7)))).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    expected: 'a window of at most 128 MiB',
  })
})

test('an error of the source is thrown', async () => {
  async function* failing() {
    yield FRAME.subarray(0, 100)
    throw Object.assign(new Error('disk on fire'), { code: 'EIO', syscall: 'read' })
  }
  await expect(collect(unzstd(failing()))).rejects.toMatchObject({ code: 'EIO' })
})

test('very many frames of nothing cost nothing', async () => {
  const nothing = Buffer.from(compress(Buffer.alloc(0)))
  const data = Buffer.concat([
    ...Array.from({ length: 20_000 }, () => nothing),
    Buffer.from(compress(Buffer.from('end'))),
  ])
  expect(String(await collect(unzstd(inChunks(data, 65_536))))).toBe('end')
})

test('the version that is told is that of the library', () => {
  expect(ZSTD_VERSION).toBe(versionOfLibrary())
})

test('the signal ends it while blocks are at work, with its reason, and others are compressed after it', async () => {
  const controller = new AbortController()
  const compressing = collect(
    zstd(inChunks(content(40 * CHUNK), CHUNK), { level: 19, jobs: 4, signal: controller.signal }),
  )
  setTimeout(() => controller.abort(new Error('enough')), 100)
  await expect(compressing).rejects.toThrow('enough')
  expect((await collect(unzstd(zstd(inChunks(PLAIN, CHUNK), { jobs: 4 })))).equals(PLAIN)).toBe(true)
})

test('a reader that leaves in the middle of a frame spoils no other', async () => {
  const large = Buffer.from(compress(content(5 * CHUNK)))
  for (let round = 0; round < 6; round++) {
    for await (const chunk of unzstd(inChunks(large, 65_536))) {
      if (chunk.length > 0) break
    }
    expect((await collect(unzstd(inChunks(FRAME, 65_536)))).equals(PLAIN)).toBe(true)
  }
})

test('several contents are decompressed at a time', async () => {
  const parts = [1, 2, 3, 4, 5, 6].map((seed) => content(700_000, seed))
  const read = parts.map((part) => collect(unzstd(inChunks(Buffer.from(compress(part)), 10_000))))
  for (const [at, bytes] of (await Promise.all(read)).entries()) expect(bytes.equals(parts[at] ?? PLAIN)).toBe(true)
})
