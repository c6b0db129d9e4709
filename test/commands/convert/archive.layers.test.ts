import { PassThrough } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { single } from '../../../src/bytes/bytes.js'
import { convert } from '../../../src/commands/convert.js'
import { unzstd, zstd } from '../../../src/compression/zstd.js'
import { digestOf, hexOf } from '../../../src/spec/digest.js'
import { ociLayerType } from '../../../src/spec/mediaTypes.js'
import { stacked, withLayers } from '../../fixtures/archives.js'
import { collect, content } from '../../fixtures/bytes.js'
import { temporaryFile } from '../../fixtures/directory.js'
import { blobsIn, entriesOf, exported, jsonIn, streamed } from '../../fixtures/exporting.js'
import { dockerArchive, image, layoutEntries } from '../../fixtures/image.js'
import { DOORS } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

describe('layers of all compressions', () => {
  const plain = ['a', 'b', 'c', 'd'].map((name, at) => tar([{ name, content: content(90_000 * at, at + 1) }]))
  const made = stacked(plain)
  let archive: Buffer
  let expected: Buffer

  beforeAll(async () => {
    const [one, two, three, four] = plain
    if (one === undefined || two === undefined || three === undefined || four === undefined) return
    // Several members, of which the last one's size says nothing; zstd that does not tell its size.
    const members = Buffer.concat([gzipSync(one.subarray(0, 700)), gzipSync(one.subarray(700)), gzipSync('')])
    const layers = [members, await collect(zstd(single(two), { jobs: 2 })), three, gzipSync(four)]
    archive = tar(layoutEntries(withLayers(made, layers)))
    expected = (await exported(dockerArchive(made), { format: 'docker-legacy' })).bytes
  })

  test.each(['file', 'pipe'])('are decompressed for docker-legacy, to a file and to a stream, by %s', async (door) => {
    const from = async () => (await DOORS[door]?.(archive)) ?? ''
    const options = { format: 'docker-legacy' } as const
    expect((await exported(await from(), options)).bytes.equals(expected)).toBe(true)
    expect((await streamed(await from(), options)).bytes.equals(expected)).toBe(true)
  })

  test('are decompressed into an archive that is compressed as a whole', async () => {
    const { bytes } = await exported(archive, { format: 'docker-legacy' }, 'out.tar.gz')
    expect(gunzipSync(bytes).equals(expected)).toBe(true)
  })

  test.each(['keep', 'uncompressed'] as const)('give the same with layers: %s', async (layers) => {
    const { bytes } = await exported(archive, { format: 'docker-legacy', layers })
    expect(bytes.equals(expected)).toBe(true)
  })

  test.each(['docker', 'oci'] as const)('stay as they are in %s', async (format) => {
    const kept = await entriesOf(archive)
    const blobs = blobsIn(await exported(archive, { format }))
    for (const [digest, bytes] of blobs) expect(kept.get(`blobs/sha256/${hexOf(digest)}`)?.content).toEqual(bytes)
    expect(blobs).toHaveLength(kept.size - 2)
  })
})

test.each(['docker', 'docker-legacy'] as const)(
  'a stream may keep what it is given until somebody reads it: %s',
  async (format) => {
    const made = image({ files: [content(5_000_000).toString(), content(4_000_000, 2).toString()] })
    const [one, two] = made.layers
    if (one === undefined || two === undefined) return expect.unreachable()
    const path = await temporaryFile(tar(layoutEntries(withLayers(made, [one, gzipSync(two)]))))
    const stream = new PassThrough({ highWaterMark: 64 * 1024 * 1024 })
    await convert(path, stream, { format })
    stream.end()
    expect((await collect(stream)).equals((await exported(path, { format })).bytes)).toBe(true)
  },
)

describe('chosen layers', () => {
  const made = image({ files: ['one', content(300_000).toString()] })

  test.each(['gzip', 'zstd'] as const)('%s in the format docker', async (layers) => {
    const result = await exported(dockerArchive(made), { layers })
    const [item] = jsonIn(result, 'manifest.json')
    const [entry] = jsonIn(result, 'index.json').manifests
    const manifest = jsonIn(result, `blobs/${entry.digest.replace(':', '/')}`)
    expect(item.Config).toBe(`blobs/sha256/${hexOf(digestOf(made.config))}`)
    expect(result.entries.get(item.Config)?.content).toEqual(made.config)
    expect(manifest.layers.map((layer: { mediaType: string }) => layer.mediaType)).toEqual([
      ociLayerType(layers),
      ociLayerType(layers),
    ])
    for (const [at, path] of item.Layers.entries()) {
      const bytes = result.entries.get(path)?.content ?? Buffer.alloc(0)
      expect(manifest.layers[at]).toMatchObject({ digest: digestOf(bytes), size: bytes.length })
      const plain = layers === 'gzip' ? gunzipSync(bytes) : await collect(unzstd(single(bytes)))
      expect(plain.equals(made.layers[at] ?? Buffer.alloc(0))).toBe(true)
    }
  })

  test('uncompressed in the format oci', async () => {
    const compressed = await exported(dockerArchive(made), { layers: 'gzip' })
    const plain = await exported(compressed.path, { layers: 'uncompressed', format: 'oci' })
    for (const layer of made.layers) expect(blobsIn(plain).map(([digest]) => digest)).toContain(digestOf(layer))
    expect(blobsIn(plain)).toHaveLength(4)
  })
})
