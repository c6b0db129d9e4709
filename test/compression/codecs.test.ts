import { expect, test } from 'vitest'
import { looksLike } from '../../src/bytes/sniff.js'
import { compress, decompress, isPacked, packingOf } from '../../src/compression/codecs.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'
import { BZIP2_LAYER, XZ_LAYER } from '../variants/compressed.js'
import { LAYER } from '../variants/variant.js'

test.each(['none', 'gzip', 'zstd'] as const)(
  'what is compressed is told by its look, and decompressed: %s',
  async (how) => {
    const bytes = content(10_000)
    const compressed = await collect(compress(inChunks(bytes, 700), how, { jobs: 1 }))
    expect(packingOf(looksLike(compressed))).toBe(how)
    expect(await collect(decompress(inChunks(compressed, 70), how))).toEqual(bytes)
  },
)

test.each([
  ['xz', XZ_LAYER],
  ['bzip2', BZIP2_LAYER],
] as const)('what nobody here compresses is told by its look, and decompressed, too: %s', async (how, bytes) => {
  expect(packingOf(looksLike(bytes))).toBe(how)
  expect((await collect(decompress(inChunks(bytes, 70), how))).equals(LAYER)).toBe(true)
})

test.each(['xz', 'bzip2', 'zstd'] as const)('what follows is damage to %s, whoever would be told', async (how) => {
  const zstd = await collect(compress(inChunks(LAYER, 700), 'zstd', { jobs: 1 }))
  const bytes = { xz: XZ_LAYER, bzip2: BZIP2_LAYER, zstd }[how]
  const read = collect(decompress(inChunks(Buffer.concat([bytes, Buffer.from('junk')]), 70), how, unasked))
  await expect(read).rejects.toMatchObject({ code: 'FORMAT' })
})

test('what follows gzip data is told', async () => {
  const gzip = await collect(compress(inChunks(LAYER, 700), 'gzip', { jobs: 1 }))
  const told: string[] = []
  const bytes = inChunks(Buffer.concat([gzip, Buffer.from('junk')]), 70)
  expect((await collect(decompress(bytes, 'gzip', (rest) => told.push(rest)))).equals(LAYER)).toBe(true)
  expect(told).toEqual(['junk'])
})

test.each(['gzip', 'zstd'] as const)('the level makes a difference: %s', async (how) => {
  const bytes = content(100_000)
  const compressed = (level: number) => collect(compress(inChunks(bytes, 7000), how, { level, jobs: 1 }))
  expect((await compressed(9)).length).toBeLessThan((await compressed(1)).length)
})

test.each(['empty', 'tar', 'unknown'] as const)('what looks %s is not compressed', (looks) => {
  expect(isPacked(looks)).toBe(false)
  expect(packingOf(looks)).toBe('none')
})

function unasked(): never {
  return expect.unreachable()
}
