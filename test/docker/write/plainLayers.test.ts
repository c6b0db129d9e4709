import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { single } from '../../../src/bytes/bytes.js'
import { contextOf } from '../../../src/bytes/context.js'
import { zstd } from '../../../src/compression/zstd.js'
import type { Exportable } from '../../../src/docker/write/exportable.js'
import { layerOf, type PlainLayers, writePlain } from '../../../src/docker/write/plainLayers.js'
import { digestOf } from '../../../src/spec/digest.js'
import { ociLayerType } from '../../../src/spec/mediaTypes.js'
import type { TarSource } from '../../../src/tar/write.js'
import { stacked } from '../../fixtures/archives.js'
import { collect, content } from '../../fixtures/bytes.js'
import { entriesOf, exportImage, MemoryOutput, poolOf } from '../../fixtures/exporting.js'
import { tar } from '../../fixtures/tar.js'

const LAYER = tar([{ name: 'file', content: content(200_000) }])
const DIFF_ID = digestOf(LAYER)
/** Of which the last member, and so what gzip says of its length, is one of no bytes. */
const SHORT = Buffer.concat([gzipSync(LAYER), gzipSync(Buffer.alloc(0))])
/** The last member of which is all but the first byte. */
const ALMOST = Buffer.concat([gzipSync(LAYER.subarray(0, 1)), gzipSync(LAYER.subarray(1))])

describe.each([
  ['a file, which can be written anew', true],
  ['a stream, which cannot', false],
])('to %s', (_, canRewrite) => {
  test.each<[string, () => Buffer | Promise<Buffer>]>([
    ['none', () => LAYER],
    ['gzip', () => gzipSync(LAYER)],
    ['gzip of two members, the last of which is empty', () => SHORT],
    ['gzip of two members, the last of which is a byte shorter than all', () => ALMOST],
    ['zstd without its size', () => collect(zstd(single(LAYER), { jobs: 2 }))],
  ])('a layer is written uncompressed, whatever its compression was: %s', async (_name, make) => {
    const output = new MemoryOutput({ canRewrite })
    const layers = await write([await make()], output)
    expect(layers.get(DIFF_ID)?.size).toBe(LAYER.length)
    expect(
      [...(await entriesOf(output.written.at(-1) ?? Buffer.alloc(0))).values()].map((entry) => entry.content),
    ).toEqual([LAYER])
  })

  test.each([
    ['a compressed', gzipSync(tar([{ name: 'another' }]))],
    ['an uncompressed', tar([{ name: 'another' }])],
  ])('%s layer that is not the one the config names is refused', async (_name, blob) => {
    await expect(write([blob], new MemoryOutput({ canRewrite }))).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('diffID of layer 0'),
      expected: DIFF_ID,
      found: digestOf(tar([{ name: 'another' }])),
    })
  })

  test('a damaged layer is refused', async () => {
    const lying = gzipSync(LAYER)
    lying.writeUInt32LE(LAYER.length + 512, lying.length - 4)
    await expect(write([lying], new MemoryOutput({ canRewrite }))).rejects.toMatchObject({ code: 'FORMAT' })
  })
})

test('an archive that can be written anew is written once if the layer said its size, and twice if it lied', async () => {
  const truthful = new MemoryOutput()
  await write([gzipSync(LAYER)], truthful)
  expect(truthful.written).toHaveLength(1)
  const lying = new MemoryOutput()
  await write([ALMOST], lying)
  expect(lying.written).toHaveLength(2)
})

test('what can be written only once is measured before', async () => {
  const output = new MemoryOutput({ canRewrite: false })
  await write([ALMOST], output)
  expect(output.written).toHaveLength(1)
})

test('a layer that is there in several compressions is written once', async () => {
  const output = new MemoryOutput()
  const layers = await write([gzipSync(LAYER), LAYER, gzipSync(LAYER, { level: 1 })], output)
  expect(layers.size).toBe(1)
  expect(await entriesOf(output.written[0] ?? Buffer.alloc(0))).toHaveLength(1)
})

test('an uncompressed blob of another algorithm is the layer if its bytes are', async () => {
  const output = new MemoryOutput({ canRewrite: true })
  const image = exportImage(stacked([LAYER]))
  const blob = { mediaType: ociLayerType('none'), digest: digestOf(LAYER, 'sha512'), size: LAYER.length }
  const images = [{ ...image, manifest: { ...image.manifest, layers: [blob] }, diffIDs: [DIFF_ID] }]
  const source = await poolOf([])
  source.leaveInPlace({ claim: blob, open: () => single(LAYER) })
  const layers = await writePlain(images, { pool: source, output, context: contextOf({ jobs: 2 }) }, listed)
  expect(layers.get(DIFF_ID)?.size).toBe(LAYER.length)
  const other = [{ ...images[0], diffIDs: [digestOf(Buffer.from('another'))] }] as Exportable[]
  const writing = writePlain(other, { pool: source, output, context: contextOf({ jobs: 2 }) }, listed)
  await expect(writing).rejects.toMatchObject({ code: 'INTEGRITY' })
})

test('damaged compression is refused', async () => {
  const xz = Buffer.concat([Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), Buffer.alloc(1000, 1)])
  await expect(write([xz], new MemoryOutput())).rejects.toMatchObject({ code: 'FORMAT' })
})

test('a layer that no image has is a bug', () => {
  expect(() => layerOf(new Map(), DIFF_ID)).toThrow(expect.objectContaining({ code: 'INTERNAL' }))
})

/** Writes the layer as several images have it, each with bytes of its own. */
async function write(blobs: readonly Buffer[], output: MemoryOutput): Promise<PlainLayers> {
  const images = blobs.map((blob): Exportable => {
    const image = exportImage(stacked([blob]))
    return { ...image, diffIDs: [DIFF_ID] }
  })
  const pool = await poolOf(blobs)
  return writePlain(images, { pool, output, context: contextOf({ jobs: 2 }) }, listed)
}

function listed(layers: PlainLayers): TarSource[] {
  return [...layers].map(([path, layer]) => ({ path, type: 'file', mode: 0o644, mtime: 0, ...layer }))
}
