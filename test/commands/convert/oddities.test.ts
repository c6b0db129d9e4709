import { mkdir, rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { digestOf, hexOf } from '../../../src/spec/digest.js'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST, ociLayerType } from '../../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../../src/spec/parse.js'
import { addPlatforms, NAME, newLayout, withLayers } from '../../fixtures/archives.js'
import { temporaryDirectory } from '../../fixtures/directory.js'
import { addBlob, image, type Layout, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { blobOf, converted, DOORS, unpacked } from '../../fixtures/layout.js'
import { type EntrySpec, pax, tar } from '../../fixtures/tar.js'

const made = image()
const [first = Buffer.alloc(0)] = made.layers

describe('content that a descriptor carries itself', () => {
  const inline = (bytes: Buffer, mediaType: string, data = bytes): Descriptor => {
    return { mediaType, digest: digestOf(bytes), size: bytes.length, data: data.toString('base64') }
  }

  test.each(Object.keys(DOORS))('need not be there, and is afterwards, by %s', async (door) => {
    const layout = manifestOf(
      inline(made.config, OCI_CONFIG),
      made.layers.map((layer) => inline(layer, ociLayerType('none'))),
    )
    const path = join(await temporaryDirectory(), 'layout')
    await convert((await DOORS[door]?.(tar(layoutEntries(layout)))) ?? '', path)
    const { files, index } = await converted(path)
    for (const bytes of [made.config, ...made.layers]) expect(blobOf(files, digestOf(bytes)).equals(bytes)).toBe(true)
    expect(index.manifests).toEqual(layout.manifests)
  })

  test('is refused where it is not what the digest says, though the blob is there', async () => {
    const layout = manifestOf(inline(made.config, OCI_CONFIG, Buffer.alloc(made.config.length)), [])
    addBlob(layout, made.config, OCI_CONFIG)
    await expect(converted(tar(layoutEntries(layout)))).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('own data'),
    })
  })
})

test.each([[{ layers: 'uncompressed' as const }], [{ stripAttestations: true }]])(
  'what a descriptor carried of an index that changed goes: %j',
  async (options) => {
    const layout = newLayout()
    const { root } = addPlatforms(layout)
    const data = layout.blobs.get(root.digest)?.toString('base64') ?? ''
    layout.manifests.push({ ...root, data, annotations: nameAnnotations(NAME) })
    const { index } = await converted(tar(layoutEntries(layout)), options)
    expect(index.manifests?.[0]?.digest).not.toBe(root.digest)
    expect(index.manifests?.[0]).not.toHaveProperty('data')
  },
)

describe('digests of sha512', () => {
  const LAYERS: Record<string, Buffer[]> = { plain: made.layers, gzip: made.layers.map((layer) => gzipSync(layer)) }

  test.each(
    Object.entries(LAYERS).flatMap(([kind, layers]) => Object.keys(DOORS).map((door) => [kind, door, layers] as const)),
  )('are taken as they are, %s layers, by %s', async (kind, door, layers) => {
    const layout = newLayout()
    const compression = kind === 'gzip' ? 'gzip' : 'none'
    const config = add512(layout, made.config, OCI_CONFIG)
    const document = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config,
      layers: layers.map((bytes) => add512(layout, bytes, ociLayerType(compression))),
    }
    layout.manifests.push(add512(layout, canonicalJSON(document), OCI_MANIFEST))
    const path = join(await temporaryDirectory(), 'layout')
    const { warnings } = await convert((await DOORS[door]?.(tar(withLongNames(layoutEntries(layout))))) ?? '', path)
    expect(warnings).toEqual([])
    const { index, files } = await converted(path)
    expect(index.manifests).toEqual(layout.manifests)
    for (const [digest, bytes] of layout.blobs) expect(blobOf(files, digest).equals(bytes)).toBe(true)
    const again = await converted(path, { layers: kind === 'gzip' ? 'uncompressed' : 'gzip' })
    expect(again.images[0]?.config).toBe(config.digest)
  })
})

describe('layers that are no tar', () => {
  test.each(['application/vnd.wasm.content.layer.v1+wasm', 'application/vnd.oci.image.layer.v1.squashfs'])(
    'are copied as they are: %s',
    async (mediaType) => {
      const layout = newLayout()
      const layer = addBlob(layout, Buffer.from('\0asm'), mediaType)
      const rootfs = { type: 'layers', diff_ids: [layer.digest] }
      const config = addBlob(layout, canonicalJSON({ architecture: 'wasm', os: 'wasip1', rootfs }), OCI_CONFIG)
      const document = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] }
      layout.manifests.push(addBlob(layout, canonicalJSON(document), OCI_MANIFEST))
      const { index, warnings } = await converted(tar(layoutEntries(layout)), { layers: 'gzip' })
      expect(index.manifests).toEqual(layout.manifests)
      expect(warnings).toEqual([])
    },
  )
})

test('an entry of a type that nobody knows is copied, and that is told', async () => {
  const layout = newLayout()
  layout.manifests.push(addBlob(layout, Buffer.from('{"blobs":[]}'), 'application/vnd.oci.artifact.manifest.v1+json'))
  const { index, warnings } = await converted(tar(layoutEntries(layout)))
  expect(index.manifests).toEqual(layout.manifests)
  expect(warnings).toMatchObject([{ code: 'UNKNOWN_TYPE', where: layout.manifests[0]?.digest }])
})

test.each([
  ['plain', 'gzip', 'not compressed', first],
  ['gzip', 'none', 'compressed with gzip', gzipSync(first)],
  ['gzip', 'zstd', 'compressed with gzip', gzipSync(first)],
] as const)('a %s layer whose media type says %s is kept, and that is told', async (_, stated, what, bytes) => {
  const one = image({ files: ['one'] })
  const layout = manifestOf(one.config, [bytes], ociLayerType(stated))
  const { index, warnings } = await converted(tar(layoutEntries(layout)))
  expect(index.manifests).toEqual(layout.manifests)
  expect(warnings).toMatchObject([{ code: 'MEDIA_TYPE', message: expect.stringContaining(what) }])
})

describe('an index that names platforms which are not there', () => {
  const layout = newLayout()
  const { root, amd64, arm64 } = addPlatforms(layout)
  layout.manifests.push({ ...root, annotations: nameAnnotations(NAME) })
  const { layers } = JSON.parse(layout.blobs.get(arm64.digest)?.toString() ?? '{}')
  for (const { digest } of [arm64, ...layers]) layout.blobs.delete(digest)
  const archive = tar(layoutEntries(layout))

  test('stays as it is, and lists them', async () => {
    const { index, images, warnings } = await converted(archive)
    expect(index.manifests).toEqual(layout.manifests)
    expect(images[0]?.manifests?.map(({ platform }) => platform)).toContain('linux/arm64/v8')
    expect(warnings).toMatchObject([{ code: 'UNREACHED' }, { code: 'SPARSE_INDEX', where: arm64.digest }])
  })

  test('gives the platform that is there, and not the other', async () => {
    expect((await converted(archive, { platforms: ['linux/amd64'] })).images).toMatchObject([{ digest: amd64.digest }])
    await expect(converted(archive, { platforms: ['linux/arm64'] })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('is refused under --strict', async () => {
    await expect(converted(archive, { strict: true })).rejects.toMatchObject({ code: 'FORMAT' })
  })
})

describe('blobs that are links out of the layout', () => {
  const sandboxed = async (change: (path: string, elsewhere: string) => Promise<void> = async () => {}) => {
    const layout = withLayers(made, made.layers)
    const path = await unpacked(tar(layoutEntries(layout)))
    const elsewhere = await temporaryDirectory()
    for (const digest of layout.blobs.keys()) {
      const blob = join(path, `blobs/sha256/${hexOf(digest)}`)
      await rename(blob, join(elsewhere, hexOf(digest)))
      await symlink(join(elsewhere, hexOf(digest)), blob)
    }
    await change(path, elsewhere)
    return { path, layout, elsewhere }
  }

  test('are followed, with a warning', async () => {
    const { path, layout } = await sandboxed()
    const { index, warnings } = await converted(path)
    expect(index.manifests).toEqual(layout.manifests)
    expect(warnings).toMatchObject([{ code: 'SYMLINKED_BLOB', where: path }])
  })

  test('are refused under --strict', async () => {
    const { path } = await sandboxed()
    await expect(converted(path, { strict: true })).rejects.toMatchObject({ code: 'FORMAT' })
  })

  test('are refused if they lead to something else than their name says', async () => {
    const { path } = await sandboxed(async (_, elsewhere) => {
      await rename(join(elsewhere, hexOf(digestOf(made.config))), join(elsewhere, 'config'))
      await rename(join(elsewhere, hexOf(digestOf(first))), join(elsewhere, hexOf(digestOf(made.config))))
    })
    await expect(converted(path)).rejects.toMatchObject({ code: expect.stringMatching(/INTEGRITY|NOT_FOUND/) })
  })

  test('are not followed to a directory, nor from elsewhere than blobs', async () => {
    const { path } = await sandboxed(async (root, elsewhere) => {
      await mkdir(join(elsewhere, 'directory'))
      await rename(join(root, 'index.json'), join(elsewhere, 'index.json'))
      await symlink(join(elsewhere, 'index.json'), join(root, 'index.json'))
    })
    await expect(converted(path)).rejects.toMatchObject({ name: 'ImageError' })
  })
})

function manifestOf(config: Buffer | Descriptor, layers: Buffer[] | Descriptor[], type = ociLayerType('none')): Layout {
  const layout = newLayout()
  const document = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: Buffer.isBuffer(config) ? addBlob(layout, config, OCI_CONFIG) : config,
    layers: layers.map((layer) => (Buffer.isBuffer(layer) ? addBlob(layout, layer, type) : layer)),
  }
  layout.manifests.push(addBlob(layout, canonicalJSON(document), OCI_MANIFEST))
  return layout
}

function add512(layout: Layout, bytes: Buffer, mediaType: string): Descriptor {
  const digest = digestOf(bytes, 'sha512')
  layout.blobs.set(digest, bytes)
  return { mediaType, digest, size: bytes.length }
}

function withLongNames(entries: EntrySpec[]): EntrySpec[] {
  return entries.flatMap((entry) =>
    entry.name.length > 100 ? [pax({ path: entry.name }), { ...entry, name: 'x' }] : [entry],
  )
}
