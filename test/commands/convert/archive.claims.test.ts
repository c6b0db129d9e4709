import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { digestOf } from '../../../src/spec/digest.js'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST, ociLayerType } from '../../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../../src/spec/parse.js'
import { newLayout } from '../../fixtures/archives.js'
import { exported, jsonIn } from '../../fixtures/exporting.js'
import {
  addBlob,
  addImage,
  type Image,
  image,
  type Layout,
  layoutEntries,
  nameAnnotations,
} from '../../fixtures/image.js'
import { tar } from '../../fixtures/tar.js'

const CLASSIC = ['docker-25', 'docker-legacy'] as const
const [first, second] = [image({ files: ['one'] }), image({ files: ['one'], config: { author: 'another' } })]
const [layer = Buffer.alloc(0)] = first.layers

describe.each(CLASSIC)('two blobs that are said to be one layer, in the format %s', (format) => {
  test('are accepted if both hold that layer', async () => {
    const archive = twins(gzipSync(layer), gzipSync(layer, { level: 0 }))
    expect((await exported(archive, { format })).images).toHaveLength(2)
  })

  test('are refused if the first or the second holds another layer', async () => {
    const other = gzipSync(tar([{ name: 'evil' }]))
    for (const blobs of [[gzipSync(layer), other] as const, [other, gzipSync(layer)] as const]) {
      await expect(exported(twins(...blobs), { format })).rejects.toMatchObject({
        code: 'INTEGRITY',
        message: expect.stringContaining('diffID of layer 0 differs'),
      })
    }
  })
})

test.each([
  ['uncompressed', 'none', gzipSync(layer)],
  ['gzip', 'gzip', layer],
  ['zstd', 'zstd', gzipSync(layer)],
] as const)('layers that shall be %s are, whatever their media type says of them', async (layers, stated, bytes) => {
  const layout = newLayout()
  addEntry(layout, first, { bytes, mediaType: ociLayerType(stated), name: 'docker.io/library/app:v1' })
  const result = await exported(tar(layoutEntries(layout)), { layers })
  const { config, layers: written } = jsonIn(result, blobOf(jsonIn(result, 'index.json').manifests[0]))
  expect(config.digest).toBe(digestOf(first.config))
  expect(written[0].mediaType).toBe(ociLayerType(stated))
  expect(written[0].digest === digestOf(bytes)).toBe(false)
})

describe('what an image was in the source', () => {
  test.each(CLASSIC)('is said of every image, also of untagged ones, of the format %s', async (format) => {
    const layout = newLayout()
    const roots = [addImage(layout, first), addImage(layout, second)]
    layout.manifests.push(...roots)
    const { images } = await exported(tar(layoutEntries(layout)), { format })
    expect(images.map(({ from }) => from)).toEqual(roots.map(({ digest }) => digest))
  })

  test('is said also if the entry has annotations of its own', async () => {
    const layout = newLayout()
    const root = addImage(layout, first)
    layout.manifests.push({ ...root, annotations: { mine: 'yes', ...nameAnnotations('docker.io/library/app:v1') } })
    for (const format of ['docker', 'oci', ...CLASSIC] as const) {
      const { images } = await exported(tar(layoutEntries(layout)), { format })
      expect(images.map(({ from }) => from)).toEqual([root.digest])
    }
  })
})

test('a layout in a tar has the entries of the source as they are', async () => {
  const layout = newLayout()
  const [one, two] = [addImage(layout, first), addImage(layout, second)]
  layout.manifests.push(
    { ...one, annotations: { 'org.opencontainers.image.ref.name': '1' } },
    { ...two, annotations: nameAnnotations('docker.io/library/b:1') },
    two,
    two,
  )
  const result = await exported(tar(layoutEntries(layout)), { format: 'oci' })
  expect(jsonIn(result, 'index.json').manifests).toEqual(layout.manifests)
  expect(result.warnings).toEqual([])
})

test('one name of two images is refused also if only one says its platform', async () => {
  const layout = newLayout()
  const annotations = nameAnnotations('docker.io/library/app:v1')
  layout.manifests.push(
    { ...addImage(layout, first), annotations, platform: { os: 'linux', architecture: 'amd64' } },
    { ...addImage(layout, second), annotations },
  )
  await expect(exported(tar(layoutEntries(layout)), {})).rejects.toMatchObject({ code: 'FORMAT' })
})

/** Two images with one diffID each, the same, and a blob each for it. */
function twins(one: Buffer, other: Buffer): Buffer {
  const layout = newLayout()
  for (const [at, bytes] of [one, other].entries()) {
    const mediaType = ociLayerType('gzip')
    addEntry(layout, at === 0 ? first : second, { bytes, mediaType, name: `docker.io/library/app:v${at}` })
  }
  return tar(layoutEntries(layout))
}

function addEntry(layout: Layout, made: Image, blob: { bytes: Buffer; mediaType: string; name: string }): void {
  const layers = [addBlob(layout, blob.bytes, blob.mediaType)]
  const config = addBlob(layout, made.config, OCI_CONFIG)
  const manifest = canonicalJSON({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers })
  layout.manifests.push({ ...addBlob(layout, manifest, OCI_MANIFEST), annotations: nameAnnotations(blob.name) })
}

function blobOf({ digest }: Descriptor): string {
  return `blobs/${digest.replace(':', '/')}`
}
