import { expect, test } from 'vitest'
import { compress, decompress, packingOf } from '../../../src/bytes/compression/table.js'
import { looksLike } from '../../../src/bytes/sniff.js'
import { collect, content, inChunks } from '../../fixtures/bytes.js'

test.each(['none', 'gzip', 'zstd'] as const)(
  'what is compressed is told by its look, and decompressed: %s',
  async (how) => {
    const bytes = content(10_000)
    const compressed = await collect(compress(inChunks(bytes, 700), how, { jobs: 1 }))
    expect(packingOf(looksLike(compressed))).toBe(how)
    expect(await collect(decompress(inChunks(compressed, 70), how))).toEqual(bytes)
  },
)

test.each(['gzip', 'zstd'] as const)('the level makes a difference: %s', async (how) => {
  const bytes = content(100_000)
  const compressed = (level: number) => collect(compress(inChunks(bytes, 7000), how, { level, jobs: 1 }))
  expect((await compressed(9)).length).toBeLessThan((await compressed(1)).length)
})

test.each(['empty', 'tar', 'json', 'unknown'] as const)('what looks %s is not compressed', (looks) => {
  expect(packingOf(looks)).toBe('none')
})
