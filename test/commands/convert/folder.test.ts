import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { compress } from '@cloudpss/zstd'
import { describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { NAME, newLayout, stacked } from '../../fixtures/archives.js'
import { inChunks } from '../../fixtures/bytes.js'
import { filesBelow, temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { addImage, dockerEntries, image, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { blobOf, converted, DOORS } from '../../fixtures/layout.js'
import { type EntrySpec, tar } from '../../fixtures/tar.js'
import { v1Entries, v1ID } from '../../fixtures/v1.js'

/** What lies beside the images in an archive for another purpose, as zarf has it. */
const BESIDE: EntrySpec[] = [
  { name: 'checksums.txt', content: 'aa zarf.yaml\n' },
  { name: 'components/', type: '5' },
  { name: 'components/app.tar', content: tar([{ name: 'manifests/app.yaml', content: 'kind: Pod' }]) },
  { name: 'sboms.tar', content: tar([{ name: 'app.json', content: '{}' }]) },
  { name: 'zarf.yaml', content: 'kind: ZarfPackageConfig' },
]

const LAYER = tar([{ name: 'one', content: 'one' }])

/** Images, and the folder that they are in. */
const IMAGES: Record<string, { folder: string; entries: EntrySpec[] }> = {
  'an OCI layout': { folder: 'images/', entries: layoutEntries(oneImage()) },
  'an OCI layout two folders deep': { folder: 'package/images/', entries: layoutEntries(oneImage()) },
  'an OCI layout without oci-layout two folders deep': {
    folder: 'package/images/',
    entries: layoutEntries(oneImage()).filter(({ name }) => name !== 'oci-layout'),
  },
  'an index beside manifest.json': {
    folder: 'images/',
    entries: [...layoutEntries(oneImage()), ...dockerEntries([image()])],
  },
  'a docker archive': { folder: 'images/', entries: dockerEntries([image()]) },
  'a docker archive two folders deep': { folder: 'package/images/', entries: dockerEntries([image(), other()]) },
  'a docker archive with linked layers': { folder: 'images/', entries: linkedEntries() },
  'layers that name their parents': {
    folder: 'images/',
    entries: v1Entries([{ digit: 'a' }, { digit: 'b', parent: 'a' }], { app: { v1: v1ID('b') } }),
  },
  'layers that name their parents, without repositories, two folders deep': {
    folder: 'package/images/',
    entries: v1Entries([{ digit: 'a' }, { digit: 'b', parent: 'a' }]),
  },
}

const PACKINGS: Record<string, (archive: Buffer) => Buffer> = {
  plain: (archive) => archive,
  zstd: (archive) => Buffer.from(compress(archive)),
  gzip: (archive) => gzipSync(archive),
}

describe.each(Object.entries(IMAGES))('%s, in a folder', (_, { folder, entries }) => {
  const archive = tar([...BESIDE, ...within(folder, entries)])

  test.each(Object.entries(DOORS))('gives what it gives at the top, and that is told, by %s', async (_, open) => {
    const top = await converted(tar(entries))
    const found = await layoutOf(await open(archive))
    expect(found.files).toEqual(top.files)
    expect(found.images).toEqual(top.images)
    const told = found.warnings.filter(({ code }) => code === 'SUBFOLDER')
    expect(told).toMatchObject([{ message: expect.stringContaining(folder) }])
    expect(found.warnings.length).toBe(top.warnings.length + 1)
  })

  test.each(Object.entries(PACKINGS))('gives the same in an archive that is %s, by file and pipe', async (_, pack) => {
    const { files } = await converted(tar(entries))
    const packed = pack(archive)
    expect((await layoutOf(await temporaryFile(packed))).files).toEqual(files)
    for (const size of [1000, 1_000_000]) expect((await layoutOf(inChunks(packed, size))).files).toEqual(files)
  })

  test('is refused under --strict', async () => {
    await expect(converted(archive, { strict: true })).rejects.toMatchObject({ code: 'FORMAT' })
  })
})

describe('where images are listed', () => {
  test('can be said of images in a folder, too', async () => {
    const path = await temporaryFile(tar(within('images/', layoutEntries(oneImage()))))
    expect((await layoutOf(`oci-archive:${path}`)).images).toMatchObject([{ reference: NAME }])
    await expect(layoutOf(`docker-archive:${path}`)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('is not taken of a table outside of the folder', async () => {
    const entries = within('images/', dockerEntries([image()]))
    const { warnings } = await converted(tar([{ name: 'other/index.json', content: 'no JSON' }, ...entries]))
    expect(warnings).toMatchObject([{ code: 'SUBFOLDER' }])
  })
})

test('one image of several in a folder can be chosen, and what it is made of is not outside', async () => {
  const archive = tar(within('a/b/', dockerEntries([image(), other()])))
  const { images, files } = await converted(archive, { images: ['other:v2'], layers: 'uncompressed' })
  expect(images).toMatchObject([{ reference: 'docker.io/library/other:v2' }])
  expect(blobOf(files, images[0]?.config ?? '').equals(other().config)).toBe(true)
})

test.each(Object.keys(DOORS))('a layer outside of the folder is not taken, by %s', async (door) => {
  const [manifest, ...others] = dockerEntries([image()]).reverse()
  const layers = others.filter(({ name }) => name.endsWith('/layer.tar'))
  const config = others.filter(({ name }) => name.endsWith('.json'))
  const entries = [...layers, ...within('images/', [...config, ...(manifest === undefined ? [] : [manifest])])]
  await expect(layoutOf((await DOORS[door]?.(tar(entries))) ?? '')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('a layer is not in the archive'),
  })
})

describe('images in two folders', () => {
  const archive = tar([...within('one/', dockerEntries([image()])), ...within('other/', layoutEntries(oneImage()))])

  test.each(Object.entries(DOORS))('are refused with the folders, by %s', async (_, open) => {
    await expect(layoutOf(await open(archive))).rejects.toMatchObject({
      code: 'FORMAT',
      found: 'one, other',
      message: expect.stringContaining('images in several folders'),
      hint: expect.stringContaining('each folder'),
    })
  })
})

describe('a root file system with a manifest.json somewhere deep inside', () => {
  const archive = tar([
    ...['bin/sh', 'etc/passwd', 'var/log/x'].map((name) => ({ name, content: 'x' })),
    ...within('usr/share/app/', dockerEntries([image()])),
    ...within('opt/app/lib/', layoutEntries(oneImage())),
  ])

  test.each(['file', 'pipe'])('is not taken for images, but called what it is, by %s', async (door) => {
    await expect(layoutOf((await DOORS[door]?.(archive)) ?? '')).rejects.toMatchObject({
      code: 'FORMAT',
      found: expect.stringContaining('a root file system'),
      hint: expect.stringContaining('docker import'),
    })
  })

  test('is not taken for images as a directory', async () => {
    await expect(layoutOf((await DOORS.directory?.(archive)) ?? '')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      found: expect.stringContaining('etc'),
    })
  })
})

async function layoutOf(source: Parameters<typeof convert>[0]) {
  const path = join(await temporaryDirectory(), 'layout')
  const conversion = await convert(source, path)
  return { ...conversion, files: await filesBelow(path) }
}

function within(folder: string, entries: readonly EntrySpec[]): EntrySpec[] {
  return entries.map((entry) => ({ ...entry, name: folder + entry.name }))
}

function oneImage() {
  const layout = newLayout()
  layout.manifests.push({ ...addImage(layout, image()), annotations: nameAnnotations(NAME) })
  return layout
}

function other() {
  return image({ tags: ['other:v2'], files: ['other'] })
}

/** An image whose second layer is a link to its first. */
function linkedEntries(): EntrySpec[] {
  const [config, , manifest] = dockerEntries([stacked([LAYER, LAYER])])
  const { Config, RepoTags } = JSON.parse(`${manifest?.content}`)[0]
  return [
    { name: 'one/layer.tar', content: LAYER },
    { name: 'two/layer.tar', type: '2', linkTarget: '../one/layer.tar' },
    ...(config === undefined ? [] : [config]),
    {
      name: 'manifest.json',
      content: JSON.stringify([{ Config, RepoTags, Layers: ['one/layer.tar', 'two/layer.tar'] }]),
    },
  ]
}
