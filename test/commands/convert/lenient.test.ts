import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { inspect } from '../../../src/commands/inspect.js'
import type { ConvertOptions } from '../../../src/commands/options.js'
import { ARCHIVE_FORMATS } from '../../../src/spec/archiveFormat.js'
import { digestOf } from '../../../src/spec/digest.js'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'
import { DOCKER_MANIFEST, OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, ociLayerType } from '../../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../../src/spec/parse.js'
import { NAME, newLayout } from '../../fixtures/archives.js'
import { temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { exported, jsonIn } from '../../fixtures/exporting.js'
import {
  addBlob,
  addImage,
  addIndex,
  dockerArchive,
  dockerEntries,
  type Image,
  image,
  type Layout,
  layoutEntries,
  nameAnnotations,
} from '../../fixtures/image.js'
import { blobOf, converted, DOORS } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

const MADE = image()

interface Manifested {
  layout: Layout
  archive: Buffer
  entry: Descriptor
}

/** A layout of one image, of whose manifest some fields are other ones. */
function withFields(change: (manifest: Record<string, unknown>) => object, type = OCI_MANIFEST): Manifested {
  const layout = newLayout()
  const { digest } = addImage(layout, MADE)
  const plain = JSON.parse(layout.blobs.get(digest)?.toString() ?? '{}')
  layout.blobs.delete(digest)
  const entry = addBlob(layout, canonicalJSON(change(plain)), type)
  layout.manifests.push({ ...entry, annotations: nameAnnotations(NAME) })
  return { layout, entry, archive: tar(layoutEntries(layout)) }
}

function withConfig(fields: object, omit: string[] = []) {
  return withFields(({ config, ...others }) => {
    const kept = Object.entries({ ...(config as object), ...fields }).filter(([key]) => !omit.includes(key))
    return { ...others, config: Object.fromEntries(kept) }
  })
}

describe.each<[string, Manifested]>([
  ['application/octet-stream', withConfig({ mediaType: 'application/octet-stream' })],
  ['application/json', withConfig({ mediaType: 'application/json' })],
  ['text/html', withConfig({ mediaType: 'text/html' })],
  ['text/plain', withConfig({ mediaType: 'text/plain' })],
  ['an empty one', withConfig({ mediaType: '' })],
  ['null', withConfig({ mediaType: null })],
  ['none', withConfig({}, ['mediaType'])],
])('an image whose config has a media type of old tools: %s', (_, { archive, entry, layout }) => {
  test.each(Object.entries(DOORS))('is copied as it is: %s', async (__, open) => {
    const { images, index, files } = await converted((await open(archive)) as string)
    expect(images).toMatchObject([{ platform: 'linux/amd64', config: digestOf(MADE.config) }])
    expect(index.manifests).toEqual(layout.manifests)
    expect(blobOf(files, entry.digest)).toEqual(layout.blobs.get(entry.digest))
  })

  test.each(ARCHIVE_FORMATS)('goes into an archive that can be read again: %s', async (format) => {
    const once = await exported(archive, { format, images: ['v1'], platforms: ['linux/amd64'] })
    const again = await exported(once.bytes, { format })
    expect(again.bytes.equals(once.bytes)).toBe(true)
    expect(again.images).toMatchObject([{ config: digestOf(MADE.config) }])
  })

  test('is shown as an image', async () => {
    const { images } = await inspect(await temporaryFile(archive), { full: true })
    expect(images).toMatchObject([{ kind: 'image', platform: 'linux/amd64' }])
  })
})

describe('what only looks like an image by its media types', () => {
  test.each([
    ['is no JSON', Buffer.from('just text')],
    ['says nothing', Buffer.from('{}')],
  ])('is carried, and docker load cannot take it: the config %s', async (_, config) => {
    const layout = newLayout()
    const document = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: addBlob(layout, config, 'application/json'),
      layers: [addBlob(layout, MADE.layers[0] ?? Buffer.alloc(0), ociLayerType('none'))],
    }
    layout.manifests.push({
      ...addBlob(layout, canonicalJSON(document), OCI_MANIFEST),
      annotations: nameAnnotations(NAME),
    })
    const archive = tar(layoutEntries(layout))
    expect((await converted(archive)).index.manifests).toEqual(layout.manifests)
    expect((await inspect(await temporaryFile(archive))).images).toMatchObject([{ kind: 'artifact' }])
    await expect(exported(archive)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      found: expect.stringContaining('no rootfs'),
    })
  })
})

test('a config without rootfs is left out of docker archives, and refused if it is named', async () => {
  const layout = newLayout()
  layout.manifests.push({ ...addImage(layout, MADE), annotations: nameAnnotations(NAME) })
  const bare = addImage(layout, {
    ...image({ files: ['x'] }),
    config: Buffer.from('{"os":"linux","architecture":"amd64"}'),
  })
  layout.manifests.push({ ...bare, annotations: nameAnnotations('docker.io/library/bare:v2') })
  const archive = tar(layoutEntries(layout))
  const result = await exported(archive)
  expect(jsonIn(result, 'manifest.json')).toMatchObject([{ RepoTags: ['app:v1'] }])
  expect(result.warnings).toMatchObject([{ code: 'NO_IMAGE', where: 'bare:v2' }])
  await expect(exported(archive, { images: ['bare:v2'] })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  expect((await converted(archive)).index.manifests).toEqual(layout.manifests)
})

describe.each(Object.keys(DOORS))('an item of manifest.json whose config has no rootfs, by %s', (door) => {
  const bare = { ...image({ files: ['x'], tags: ['bare:v2'] }), config: Buffer.from('{"os":"linux"}') }
  const convertOf = async (images: Image[], options: ConvertOptions = {}) => {
    const source = (await DOORS[door]?.(dockerArchive(...images))) ?? ''
    return convert(source, join(await temporaryDirectory(), 'layout'), options)
  }

  test('is left out, and told', async () => {
    const result = await convertOf([bare, MADE])
    expect(result.images).toMatchObject([{ reference: NAME }])
    const message = expect.stringContaining('no rootfs')
    expect(result.warnings).toMatchObject([{ code: 'NO_IMAGE', message, where: 'bare:v2' }])
  })

  test('is refused if it is named, or nothing else is there', async () => {
    const refused = { code: 'FORMAT', message: expect.stringContaining('no rootfs') }
    await expect(convertOf([bare, MADE], { images: ['bare:v2'] })).rejects.toMatchObject(refused)
    await expect(convertOf([bare])).rejects.toMatchObject(refused)
  })
})

test('a manifest without a config is copied with what it names, and that is told', async () => {
  const layout = newLayout()
  const layers = [addBlob(layout, MADE.layers[0] ?? Buffer.alloc(0), ociLayerType('none'))]
  const entry = addBlob(layout, canonicalJSON({ schemaVersion: 2, mediaType: OCI_MANIFEST, layers }), OCI_MANIFEST)
  layout.manifests.push({ ...addImage(layout, MADE), annotations: nameAnnotations(NAME) }, entry)
  for (const choice of ['keep', 'gzip'] as const) {
    const { index, files, warnings } = await converted(tar(layoutEntries(layout)), { layers: choice })
    expect(index.manifests?.[1]).toEqual(entry)
    expect(blobOf(files, layers[0]?.digest ?? '')).toEqual(MADE.layers[0])
    expect(warnings).toMatchObject([{ code: 'UNKNOWN_TYPE', where: entry.digest }])
  }
  expect((await exported(tar(layoutEntries(layout)))).warnings).toMatchObject([
    { code: 'UNKNOWN_TYPE' },
    { code: 'NO_IMAGE' },
  ])
})

describe('a descriptor that says another media type than the manifest itself', () => {
  test.each([
    ['OCI of Docker’s', DOCKER_MANIFEST, OCI_MANIFEST],
    ['Docker’s of OCI', OCI_MANIFEST, DOCKER_MANIFEST],
  ])('is kept, and told of: %s', async (_, own, stated) => {
    const { archive, layout } = withFields((manifest) => ({ ...manifest, mediaType: own }), stated)
    const { index, warnings } = await converted(archive)
    expect(index.manifests).toEqual(layout.manifests)
    expect(warnings).toMatchObject([{ code: 'MEDIA_TYPE', message: expect.stringContaining(own) }])
    const docker = await exported(archive, { format: 'docker' })
    expect((await exported(docker.bytes, { format: 'docker' })).bytes.equals(docker.bytes)).toBe(true)
  })

  test('is refused where one is an index', async () => {
    const { archive } = withFields((manifest) => ({ ...manifest, mediaType: OCI_INDEX }))
    await expect(converted(archive)).rejects.toMatchObject({ code: 'FORMAT' })
  })

  test('is refused where one digest is an index and a manifest', async () => {
    const { layout, entry } = withFields((manifest) => manifest)
    layout.manifests = [addIndex(layout, [entry, { ...entry, mediaType: OCI_INDEX }])]
    await expect(converted(tar(layoutEntries(layout)))).rejects.toMatchObject({ code: 'INTEGRITY' })
  })
})

describe('a field that the specification requires and engines do not', () => {
  test.each([
    ['schemaVersion of a manifest', withFields(({ schemaVersion: _, ...others }) => others)],
    ['schemaVersion that is null', withFields((manifest) => ({ ...manifest, schemaVersion: null }))],
  ])('may be missing, and that is told: %s', async (_, { archive, layout }) => {
    const { index, warnings } = await converted(archive)
    expect(index.manifests).toEqual(layout.manifests)
    expect(warnings).toMatchObject([{ code: 'MISSING_FIELD', message: expect.stringContaining('schemaVersion') }])
  })

  test.each(['{}', '{"manifests":null}', '{"schemaVersion":2}'])('beside a good manifest.json: %s', async (content) => {
    const archive = tar([...dockerEntries([MADE]), { name: 'index.json', content }])
    const { images, index, warnings } = await converted(archive)
    expect(images).toHaveLength(1)
    expect(index.schemaVersion).toBe(2)
    expect(warnings.map(({ code }) => code)).toContain('EMPTY_INDEX')
  })

  test('the type of a rootfs', async () => {
    const { rootfs, ...others } = JSON.parse(MADE.config.toString())
    const config = canonicalJSON({ ...others, rootfs: { diff_ids: rootfs.diff_ids } })
    const archive = tar(dockerEntries([{ ...MADE, config }]))
    const { images, warnings } = await converted(archive)
    expect(images).toMatchObject([{ config: digestOf(config) }])
    expect(warnings).toMatchObject([{ code: 'MISSING_FIELD' }])
  })
})

test('one byte of Latin-1 in a label is kept, and told of', async () => {
  const config = Buffer.from(
    MADE.config.toString().replace('"config":{}', '"config":{"Labels":{"by":"Ren\u00e9"}}'),
    'latin1',
  )
  const layout = newLayout()
  layout.manifests.push({ ...addImage(layout, { ...MADE, config }), annotations: nameAnnotations(NAME) })
  for (const archive of [tar(dockerEntries([{ ...MADE, config }])), tar(layoutEntries(layout))]) {
    const { files, warnings, images } = await converted(archive)
    expect(blobOf(files, images[0]?.config ?? '')).toEqual(config)
    expect(warnings).toMatchObject([{ code: 'NOT_UTF8' }])
    const [described] = (await inspect(await temporaryFile(archive))).images
    expect(described?.runs).toEqual({ Labels: { by: 'Ren\ufffd' } })
  }
})

test('one name on two entries whose configs differ in platform is no conflict', async () => {
  const layout = newLayout()
  const arm = image({ files: ['arm'], config: { architecture: 'arm64' } })
  for (const made of [MADE, arm])
    layout.manifests.push({ ...addImage(layout, made), annotations: nameAnnotations(NAME) })
  const archive = tar(layoutEntries(layout))
  expect((await converted(archive)).index.manifests).toEqual(layout.manifests)
  const docker = await exported(archive, { platforms: ['linux/arm64'] })
  expect(docker.images).toMatchObject([{ platform: 'linux/arm64' }])
  layout.manifests.push({ ...addImage(layout, image({ files: ['rival'] })), annotations: nameAnnotations(NAME) })
  await expect(converted(tar(layoutEntries(layout)))).rejects.toMatchObject({ code: 'FORMAT' })
})

test.each(['application/vnd.oci.image.layer.v1.tar+gzip+encrypted', 'application/vnd.example.layer'])(
  'a layer of a type that docker load does not know is named: %s',
  async (mediaType) => {
    const { archive, layout } = withFields(({ layers, ...others }) => {
      const [first, second] = layers as Descriptor[]
      return { ...others, layers: [first, { ...second, mediaType }] }
    })
    const named = expect.stringContaining(`layer 1 has the media type ${mediaType}, which docker load does not know`)
    await expect(exported(archive)).rejects.toMatchObject({ code: 'NOT_FOUND', message: named })
    await expect(exported(archive, { images: ['v1'] })).rejects.toMatchObject({ code: 'UNSUPPORTED', message: named })
    expect((await converted(archive)).index.manifests).toEqual(layout.manifests)
  },
)

test.each([
  'application/wasm',
  'application/vnd.wasm.content.layer.v1+wasm',
  'application/vnd.bytecodealliance.wasm.component.layer.v0+wasm',
  'application/vnd.w3c.wasm.module.v1+wasm',
])('an image of WebAssembly is carried as containerd does: %s', async (mediaType) => {
  const layout = newLayout()
  const module = addBlob(layout, Buffer.from('\0asm'), mediaType)
  const config = canonicalJSON({
    architecture: 'wasm',
    os: 'wasip1',
    rootfs: { type: 'layers', diff_ids: [module.digest] },
    config: {},
  })
  const document = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: addBlob(layout, config, OCI_CONFIG),
    layers: [module],
  }
  layout.manifests.push({
    ...addBlob(layout, canonicalJSON(document), OCI_MANIFEST),
    annotations: nameAnnotations(NAME),
  })
  const once = await exported(tar(layoutEntries(layout)), { format: 'docker' })
  expect(once.warnings).toEqual([])
  const path = `blobs/${module.digest.replace(':', '/')}`
  expect(jsonIn(once, 'manifest.json')).toEqual([
    { Config: `blobs/${digestOf(config).replace(':', '/')}`, RepoTags: ['app:v1'], Layers: [path] },
  ])
  expect((await exported(once.bytes, { format: 'docker' })).bytes.equals(once.bytes)).toBe(true)
  for (const format of ['docker-25', 'docker-legacy'] as const) {
    await expect(exported(once.bytes, { format })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  }
})
