import { gzipSync } from 'node:zlib'
import { compress } from '@cloudpss/zstd'
import { describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { digestOf } from '../../../src/spec/digest.js'
import { archiveOf, stacked } from '../../fixtures/archives.js'
import { content, inChunks } from '../../fixtures/bytes.js'
import { filesBelow, temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { exported } from '../../fixtures/exporting.js'
import { dockerArchive } from '../../fixtures/image.js'
import { blobOf, converted, DOORS } from '../../fixtures/layout.js'
import { NESTED, XZ_NESTED } from '../../fixtures/packed.js'
import { ended, threadsOf } from '../../fixtures/threads.js'
import { BZIP2_ARCHIVE, BZIP2_LAYER, XZ_ARCHIVE, XZ_LAYER } from '../../variants/compressed.js'
import { APP, LAYER } from '../../variants/variant.js'

const PLAIN = dockerArchive(APP)
const HALF = PLAIN.length / 2
const [FRONT, BACK] = [PLAIN.subarray(0, HALF), PLAIN.subarray(HALF)]
const SKIPPED = Buffer.from('502a4d1803000000abcdef', 'hex')

/** The same archive, compressed as a whole. */
const COMPRESSED: Record<string, Buffer> = {
  gzip: gzipSync(PLAIN),
  'gzip of several members': Buffer.concat([gzipSync(FRONT), gzipSync(BACK)]),
  zstd: Buffer.from(compress(PLAIN)),
  'zstd of several frames, some to be skipped': Buffer.concat([SKIPPED, compress(FRONT), SKIPPED, compress(BACK)]),
  xz: XZ_ARCHIVE,
  bzip2: BZIP2_ARCHIVE,
}

describe.each(Object.entries(COMPRESSED))('an archive compressed as a whole with %s', (_, archive) => {
  test.each([1, 1000, 1_000_000])('gives what it gives plain, in chunks of %i', async (size) => {
    const plain = await converted(PLAIN)
    const path = `${await temporaryDirectory()}/layout`
    const { warnings } = await convert(inChunks(archive, size), path)
    expect(await filesBelow(path)).toEqual(plain.files)
    expect(warnings).toEqual([])
  })

  test('gives what it gives plain, from a file of any name', async () => {
    const compressed = await converted(await temporaryFile(archive, 'app'))
    expect(compressed.files).toEqual((await converted(PLAIN)).files)
  })

  test.each(['file', 'pipe'])('is refused if it was cut off, by %s', async (door) => {
    const cut = await DOORS[door]?.(archive.subarray(0, -20))
    const path = await temporaryDirectory()
    const converting = convert(cut ?? '', path)
    await expect(converting).rejects.toMatchObject({
      code: 'FORMAT',
      message: expect.stringMatching(/damaged|cut off/),
    })
    expect(await filesBelow(path)).toEqual({})
  })
})

test('damage to the archive’s own compression is told as such, with its name', async () => {
  const archive = gzipSync(dockerArchive(stacked([content(300_000)])))
  const path = await temporaryFile(archive.subarray(0, -1000))
  await expect(converted(path)).rejects.toMatchObject({
    code: 'FORMAT',
    message: expect.stringMatching(/archive\.tar: gzip data is damaged: unexpected end of file$/),
  })
})

test('zeros after gzip data are told', async () => {
  const { warnings, files } = await converted(Buffer.concat([gzipSync(PLAIN), Buffer.alloc(700)]))
  expect(warnings).toMatchObject([{ code: 'GZIP_PADDING' }])
  expect(files).toEqual((await converted(PLAIN)).files)
})

test('what follows gzip data is refused where the archive in it did not end', async () => {
  const cut = Buffer.concat([gzipSync(PLAIN.subarray(0, -1024)), Buffer.from('junk')])
  await expect(converted(cut)).rejects.toMatchObject({ message: expect.stringContaining('something follows it') })
})

test('what is compressed twice is refused with a way out', async () => {
  await expect(converted(gzipSync(gzipSync(PLAIN)))).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    found: 'gzip within gzip',
    hint: expect.stringContaining('gzip -dc'),
  })
})

test('what is compressed and no tar is called so', async () => {
  await expect(converted(gzipSync('{"a":1}'))).rejects.toMatchObject({ code: 'FORMAT', found: 'JSON' })
})

describe.each([
  ['xz', XZ_LAYER],
  ['bzip2', BZIP2_LAYER],
])('a layer compressed with %s', (packing, bytes) => {
  const archive = archiveOf(stacked([LAYER]), ['layer'], [{ name: 'layer', content: bytes }])

  test.each(Object.keys(DOORS))('becomes gzip, which is told, by %s', async (door) => {
    const path = `${await temporaryDirectory()}/layout`
    const { warnings, images } = await convert((await DOORS[door]?.(archive)) ?? '', path)
    const files = await filesBelow(path)
    const [layer] = JSON.parse(blobOf(files, images[0]?.digest ?? '').toString()).layers
    expect(layer.mediaType).toBe('application/vnd.oci.image.layer.v1.tar+gzip')
    expect(warnings).toMatchObject([
      { code: 'LAYER_COMPRESSION', where: 'layer', message: expect.stringContaining(packing) },
    ])
  })

  test('is decompressed without a word if that is asked for', async () => {
    const { warnings, files } = await converted(archive, { layers: 'uncompressed' })
    expect(blobOf(files, digestOf(LAYER)).equals(LAYER)).toBe(true)
    expect(warnings).toEqual([])
  })

  test('is refused under --strict', async () => {
    await expect(converted(archive, { strict: true })).rejects.toMatchObject({ code: 'FORMAT' })
  })
})

test('a layer with zeros after its gzip data is kept, and that is told', async () => {
  const padded = Buffer.concat([gzipSync(LAYER), Buffer.alloc(10)])
  const { warnings, files } = await converted(
    archiveOf(stacked([LAYER]), ['layer'], [{ name: 'layer', content: padded }]),
  )
  expect(blobOf(files, digestOf(padded)).equals(padded)).toBe(true)
  expect(warnings).toMatchObject([{ code: 'GZIP_PADDING', where: 'layer' }])
})

describe('an xz archive whose layers are xz and bzip2 data', () => {
  test.each(['keep', 'uncompressed', 'gzip', 'zstd'] as const)(
    'gives what it gives plain, layers: %s',
    async (layers) => {
      const plain = await converted(NESTED, { layers })
      for (const jobs of [1, 4]) {
        const byFile = await converted(XZ_NESTED, { layers, jobs })
        expect(byFile.files).toEqual(plain.files)
        expect(byFile.warnings.map(({ code, where }) => ({ code, where }))).toEqual(
          layers === 'keep' ? ['a', 'b'].map((where) => ({ code: 'LAYER_COMPRESSION', where })) : [],
        )
      }
      for (const size of [1, 1_000_000]) {
        const path = `${await temporaryDirectory()}/layout`
        await convert(inChunks(XZ_NESTED, size), path, { layers })
        expect(await filesBelow(path)).toEqual(plain.files)
      }
    },
  )

  test('gives an archive, too', async () => {
    const [plain, nested] = [await exported(NESTED), await exported(XZ_NESTED)]
    expect(nested.bytes.equals(plain.bytes)).toBe(true)
  })

  test('is refused if it was cut off anywhere', async () => {
    for (let length = 20; length < XZ_NESTED.length; length += 83) {
      for (const door of ['file', 'pipe']) {
        const cut = (await DOORS[door]?.(XZ_NESTED.subarray(0, length))) ?? ''
        const converting = convert(cut, await temporaryDirectory())
        await expect(converting).rejects.toMatchObject({ code: 'FORMAT', message: expect.stringContaining('xz data') })
      }
    }
  })
})

test('many xz layers side by side come through, whatever the number of jobs', async () => {
  const names = Array.from({ length: 16 }, (_, at) => `layer${at}`)
  const files = names.map((name, at) => ({ name, content: at % 2 ? XZ_LAYER : BZIP2_LAYER }))
  const archive = archiveOf(stacked(names.map(() => LAYER)), names, files)
  const [one, many] = await Promise.all([1, 8].map((jobs) => converted(archive, { jobs })))
  expect(many?.files).toEqual(one?.files)
  expect(one?.warnings).toHaveLength(16)
})

test('a conversion that is aborted amid xz data leaves no thread', async () => {
  const controller = new AbortController()
  async function* stalling() {
    yield XZ_NESTED.subarray(0, 400)
    controller.abort()
    await new Promise(() => {})
  }
  const threads = await threadsOf(async () => {
    const converting = convert(stalling(), await temporaryDirectory(), { signal: controller.signal })
    await expect(converting).rejects.toMatchObject({ name: 'AbortError' })
  })
  for (const thread of threads) await ended(thread)
})
