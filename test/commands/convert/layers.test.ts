import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { single } from '../../../src/bytes/bytes.js'
import { decompress } from '../../../src/compression/codecs.js'
import type { Compression, LayerChoice } from '../../../src/spec/compression.js'
import { digestOf } from '../../../src/spec/digest.js'
import { ociLayerType } from '../../../src/spec/mediaTypes.js'
import { parseIndex, parseManifest } from '../../../src/spec/parse.js'
import { addPlatforms, archiveOf, newLayout } from '../../fixtures/archives.js'
import { collect, content } from '../../fixtures/bytes.js'
import { addImage, dockerArchive, image, layoutEntries } from '../../fixtures/image.js'
import { blobOf, type Converted, converted } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

const ATTESTS = 'vnd.docker.reference.digest'
const CHOICES: [LayerChoice, Compression][] = [
  ['keep', 'none'],
  ['uncompressed', 'none'],
  ['gzip', 'gzip'],
  ['zstd', 'zstd'],
]

describe.each(CHOICES)('layers: %s', (layers, compression) => {
  const made = image({ files: ['small', content(3_000_000).toString()] })

  test('gives media types that tell the bytes, diffIDs that agree, and the config as it was', async () => {
    const result = await converted(dockerArchive(made), { layers })
    expect(blobOf(result.files, digestOf(made.config))).toEqual(made.config)
    const stored = manifestOf(result).layers
    expect(stored.map(({ mediaType }) => mediaType)).toEqual(stored.map(() => ociLayerType(compression)))
    for (const [at, { digest, size }] of stored.entries()) {
      const bytes = blobOf(result.files, digest)
      expect(bytes.length).toBe(size)
      expect((await collect(decompress(single(bytes), compression))).equals(made.layers[at] ?? Buffer.alloc(0))).toBe(
        true,
      )
    }
  })

  test('of gzip layers likewise', async () => {
    const entries = made.layers.map((layer, at) => ({ name: `${at}.tar.gz`, content: gzipSync(layer) }))
    const archive = archiveOf(made, ['0.tar.gz', '1.tar.gz'], entries)
    const result = await converted(archive, { layers })
    const now = layers === 'keep' ? 'gzip' : compression
    const stored = manifestOf(result).layers
    expect(stored.map(({ mediaType }) => mediaType)).toEqual(stored.map(() => ociLayerType(now)))
    const [first] = stored
    const plain = await collect(decompress(single(blobOf(result.files, first?.digest ?? '')), now))
    expect(plain).toEqual(made.layers[0])
    if (layers === 'keep') expect(blobOf(result.files, first?.digest ?? '')).toEqual(entries[0]?.content)
  })
})

describe('recompressed images of an index', () => {
  const layout = newLayout()
  const { root, amd64, arm64 } = addPlatforms(layout)
  layout.manifests.push(root)
  const archive = tar(layoutEntries(layout))

  test('get new manifests, and the attestation follows its own', async () => {
    const result = await converted(archive, { layers: 'zstd' })
    const [entry] = result.index.manifests ?? []
    const index = parseIndex(blobOf(result.files, entry?.digest ?? ''), 'index')
    const [amd, arm, attestation] = index.manifests ?? []
    expect(amd?.digest).not.toBe(amd64.digest)
    expect(arm?.digest).not.toBe(arm64.digest)
    expect(attestation?.annotations?.[ATTESTS]).toBe(amd?.digest)
    expect(amd?.platform).toEqual(amd64.platform)
    expect(result.images).toMatchObject([{ digest: entry?.digest, from: root.digest }])
  })

  test('may be in index.json itself, and the attestation follows there, too', async () => {
    const { manifests } = parseIndex(layout.blobs.get(root.digest) ?? Buffer.alloc(0), 'index')
    const flat = tar(layoutEntries({ ...layout, manifests: manifests ?? [] }))
    const [amd, arm, attestation] = (await converted(flat, { layers: 'zstd' })).index.manifests ?? []
    expect([amd?.digest, arm?.digest]).not.toEqual([amd64.digest, arm64.digest])
    expect(attestation).toEqual({
      ...manifests?.[2],
      annotations: { ...manifests?.[2]?.annotations, [ATTESTS]: amd?.digest },
    })
  })

  test('are as they were if the bytes are as chosen already', async () => {
    const { index } = await converted(archive, { layers: 'gzip' })
    expect(index.manifests).toEqual([root])
  })

  test('without attestations have an index that does not name them', async () => {
    const result = await converted(archive, { stripAttestations: true })
    const [entry] = result.index.manifests ?? []
    const index = parseIndex(blobOf(result.files, entry?.digest ?? ''), 'index')
    expect(index.manifests).toEqual([amd64, arm64])
    expect(Object.keys(result.files)).toHaveLength(10)
    expect(result.warnings).toEqual([])
  })
})

describe('layers that are called plain and are gzip', () => {
  const made = image()
  const compressed = { ...made, layers: made.layers.map((layer) => gzipSync(layer)) }

  test('are taken with a warning, and stay as they are', async () => {
    const layout = newLayout()
    const root = addImage(layout, compressed, 'none')
    layout.manifests.push(root)
    const result = await converted(tar(layoutEntries(layout)))
    expect(result.index.manifests).toEqual([root])
    const where = compressed.layers.map((layer) => digestOf(layer))
    expect(result.warnings.map(({ code }) => code)).toEqual(where.map(() => 'MEDIA_TYPE'))
    expect(new Set(result.warnings.map((warning) => warning.where))).toEqual(new Set(where))
    for (const [digest, bytes] of layout.blobs) expect(blobOf(result.files, digest)).toEqual(bytes)
  })

  test('have to have the diffIDs that the config says', async () => {
    const layout = newLayout()
    layout.manifests.push(addImage(layout, { ...compressed, layers: compressed.layers.toReversed() }, 'none'))
    const [expected, found] = made.layers.map((layer) => digestOf(layer))
    const converting = converted(tar(layoutEntries(layout)))
    await expect(converting).rejects.toMatchObject({ code: 'INTEGRITY', expected, found })
  })
})

describe('a compression level', () => {
  test('changes the bytes and not what they mean', async () => {
    const archive = dockerArchive(image({ files: [content(200_000).toString()] }))
    const [fast, small] = await Promise.all([1, 9].map((level) => converted(archive, { layers: 'gzip', level })))
    const [a, b] = [fast, small].map((result) => (result === undefined ? Buffer.alloc(0) : firstLayer(result)))
    expect(a?.length).toBeGreaterThan(b?.length ?? 0)
    expect(gunzipSync(a ?? '')).toEqual(gunzipSync(b ?? ''))
  })
})

function manifestOf({ files, index }: Converted) {
  return parseManifest(blobOf(files, index.manifests?.[0]?.digest ?? ''), 'manifest')
}

function firstLayer(result: Converted): Buffer {
  return blobOf(result.files, manifestOf(result).layers[0]?.digest ?? '')
}
