import { gunzipSync, inflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { assertLibdeflate } from '../../src/compression/deflaters.js'
import { gzip } from '../../src/compression/gzip.js'
import { convert } from '../../src/index.js'
import { collect, content, inChunks, noise } from '../fixtures/bytes.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image } from '../fixtures/image.js'
import { reportMissing } from './engine.js'
import { HOST } from './machine.js'

const missing = await assertLibdeflate().then(
  () => undefined,
  (error: Error) => error.message,
)

if (missing === undefined) describe('gzip by the system’s libdeflate', tests)
else reportMissing('gzip by the system’s libdeflate', HOST, missing)

function tests(): void {
  const compressor = 'libdeflate'
  const mixed = Buffer.concat([content(2_900_000, 1), noise(400_000), content(300, 2), Buffer.alloc(5_000_000)])

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from('x')],
    ['a block to the byte', content(3 * CHUNK)],
    ['a block and a little', content(3 * CHUNK + 5)],
    ['what does not compress', noise(4 * CHUNK)],
    ['what is nothing but zeros', Buffer.alloc(7 * CHUNK)],
    ['all of it', mixed],
  ])('%s is one member that zlib reads', async (_, bytes) => {
    for (const level of [undefined, 1, 2, 6, 12]) {
      const options = { compressor, jobs: 2, ...(level === undefined ? {} : { level }) } as const
      const compressed = await collect(gzip(inChunks(bytes, 65_536), options))
      expect(gunzipSync(compressed).equals(bytes)).toBe(true)
      expect(inflateRawSync(compressed.subarray(10)).equals(bytes)).toBe(true)
    }
  })

  test('a level that the library lacks is told in one line', async () => {
    const compressing = collect(gzip(inChunks(mixed, 65_536), { compressor, jobs: 2, level: 13 }))
    await expect(compressing).rejects.toMatchObject({ code: 'SYSTEM', hint: 'omit the compressor' })
  })

  test('jobs and chunks do not change the bytes', async () => {
    const bytes = Buffer.concat([mixed, mixed])
    const [one, other] = await Promise.all([
      collect(gzip(inChunks(bytes, bytes.length), { compressor, jobs: 1 })),
      collect(gzip(inChunks(bytes, 70_001), { compressor, jobs: 4 })),
    ])
    expect(one.equals(other)).toBe(true)
  })

  test('is named by the report, and gives the image the same ID', async () => {
    const archive = await temporaryFile(dockerArchive(image({ files: [content(4_000_000).toString()] })))
    const out = await temporaryDirectory()
    const kept = await convert(archive, `oci:${out}/kept`)
    const made = await convert(archive, `oci:${out}/made`, { layers: 'gzip', compressor })
    expect(made.compressor).toBe('libdeflate')
    expect(made.images[0]?.config).toBe(kept.images[0]?.config)
    expect(await convert(`oci:${out}/made`, `oci:${out}/again`, { layers: 'uncompressed' })).toMatchObject({
      images: [{ config: kept.images[0]?.config }],
    })
  })
}
