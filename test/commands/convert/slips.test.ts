import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import type { Descriptor, Index } from '../../../src/spec/parse.js'
import { readIndex } from '../../../src/store/layout/layoutFiles.js'
import { stacked } from '../../fixtures/archives.js'
import { filesBelow, temporaryDirectory } from '../../fixtures/directory.js'
import { exported } from '../../fixtures/exporting.js'
import { image } from '../../fixtures/image.js'
import { type Converted, converted, DOORS } from '../../fixtures/layout.js'
import { pathOf, SpoiledArchive, type SpoiledManifest } from '../../fixtures/spoiled.js'
import { tar } from '../../fixtures/tar.js'

const [A = Buffer.alloc(0), B = Buffer.alloc(0), C = Buffer.alloc(0)] = ['a', 'b', 'c'].map((name) =>
  tar([{ name, content: name }]),
)

/** One layer twice, and two names; and another image. */
const IMAGES = [stacked([A, B, A, C], ['app:v1', 'app:v2']), image({ tags: ['other:v3'] })]

let whole: SpoiledArchive
let unspoiled: Converted
beforeAll(async () => {
  whole = await SpoiledArchive.of(...IMAGES)
  unspoiled = await converted(whole.pack())
})

type Spoil = (archive: SpoiledArchive) => SpoiledArchive

/** What some Docker 25 wrote into the manifest of the first image, or its entry. */
const SLIPS: Record<string, Spoil> = {
  'the size of a layer is wrong': manifest(({ layers }) => void Object.assign(layers[1] ?? {}, { size: 1 })),
  'the size of a layer is zero': manifest(({ layers }) => void Object.assign(layers[0] ?? {}, { size: 0 })),
  'the sizes of all layers are wrong': manifest(
    ({ layers }) => void layers.forEach((layer) => void Object.assign(layer, { size: layer.size + 512 })),
  ),
  'the size of the config is wrong': manifest(({ config }) => void Object.assign(config, { size: config.size + 1 })),
  'the size of the manifest is wrong': (archive) =>
    archive.changeEntries(([one, two, ...others]) => [resized(one), resized(two), ...others]),
  'the size of the manifest is wrong under one name': (archive) =>
    archive.changeEntries(([one, ...others]) => [resized(one), ...others]),
  'the size of the manifest is wrong under the other name': (archive) =>
    archive.changeEntries(([one, two, ...others]) => [one, resized(two), ...others]),
  'a layer is missing': manifest(({ layers }) => void layers.splice(1, 1)),
  'the last layer is missing': manifest(({ layers }) => void layers.pop()),
  'the repeated layer is there once': manifest(({ layers }) => void layers.splice(2, 1)),
  'all layers are missing': manifest(({ layers }) => void layers.splice(0)),
  'the layers are the other way round': manifest(({ layers }) => void layers.reverse()),
  'two layers are exchanged': manifest(({ layers }) => void layers.splice(0, 2, ...layers.slice(0, 2).reverse())),
  'a layer is there once too often': manifest(({ layers }) => void layers.push(...layers.slice(0, 1))),
  'sizes and order are wrong': (archive) =>
    archive
      .changeManifest(({ layers }) => void Object.assign(layers.reverse()[0] ?? {}, { size: 3 }))
      .changeEntries(([one, two, ...others]) => [resized(one), resized(two), ...others]),
}

/** What else some Docker 25 lost. */
const LOST: Record<string, { spoil: Spoil; code: string }> = {
  'the index lists nothing': { spoil: (archive) => archive.changeEntries(() => []), code: 'EMPTY_INDEX' },
  'the index lists null': {
    spoil: (archive) => archive.change<object>('index.json', (index) => ({ ...index, manifests: null })),
    code: 'EMPTY_INDEX',
  },
  'the index lists one of two images': {
    spoil: (archive) => archive.changeEntries((entries) => entries.slice(0, 2)),
    code: 'MANIFEST_ONLY',
  },
  'the index lists the other of two images': {
    spoil: (archive) => archive.changeEntries((entries) => entries.slice(2)),
    code: 'MANIFEST_ONLY',
  },
  'the index lists one of two names': {
    spoil: (archive) => archive.changeEntries(([one, , ...others]) => [one, ...others]),
    code: 'MANIFEST_ONLY',
  },
}

const READ = [
  ...Object.entries(SLIPS).map(([what, spoil]) => ({ what, spoil, code: 'REBUILT' })),
  ...Object.entries(LOST).map(([what, { spoil, code }]) => ({ what, spoil, code })),
]

test('an archive of Docker 25 that nobody spoiled comes without a word', () => {
  expect(unspoiled.warnings).toEqual([])
  expect(unspoiled.images.map(({ reference }) => reference)).toEqual(
    ['app:v1', 'app:v2', 'other:v3'].map((name) => `docker.io/library/${name}`),
  )
})

describe.each(READ)('an archive of Docker 25 in which $what', ({ spoil, code }) => {
  test.each(Object.entries(DOORS))('gives the images that Docker meant, and that is told, by %s', async (_, open) => {
    const path = join(await temporaryDirectory(), 'layout')
    const { warnings } = await convert(await open(spoil(whole.copy()).pack()), path)
    expect(warnings.map((warning) => warning.code)).toEqual([code])
    expect(sorted(readIndex(join(path, 'index.json')).manifests)).toEqual(sorted(unspoiled.index.manifests))
    const { 'index.json': _index, ...blobs } = await filesBelow(path)
    const { 'index.json': _unspoiled, ...expected } = unspoiled.files
    expect(blobs).toEqual(expected)
  })

  test('gives one image by its name, and by the digest that Docker meant', async () => {
    const archive = spoil(whole.copy()).pack()
    expect(unspoiled.images).not.toEqual([])
    for (const { reference, digest } of unspoiled.images) {
      for (const selector of [reference ?? '', digest]) {
        const { images } = await converted(archive, { images: [selector] })
        expect(images.map((one) => one.reference)).toContain(reference)
        expect([selector, ...images.map((one) => one.digest)]).toEqual([selector, ...images.map(() => digest)])
      }
    }
  })

  test('is refused under --strict', async () => {
    await expect(converted(spoil(whole.copy()).pack(), { strict: true })).rejects.toMatchObject({ code: 'FORMAT' })
  })
})

test.each(Object.entries(SLIPS))('becomes the archive that Docker meant, byte for byte, where %s', async (_, spoil) => {
  const [found, expected] = await Promise.all(
    [spoil(whole.copy()), whole].map((one) => exported(one.pack(), { format: 'docker-25' })),
  )
  expect(expected?.warnings).toEqual([])
  expect(found?.bytes.equals(expected?.bytes ?? Buffer.alloc(0))).toBe(true)
})

describe.each(Object.entries(SLIPS))('an archive that is none of Docker 25, in which %s', (_, spoil) => {
  test.each([
    ['is not there', ({ LayerSources: _sources, ...item }: Item) => item],
    ['is null', (item: Item) => ({ ...item, LayerSources: null })],
  ])('is refused: LayerSources %s', async (_, change) => {
    const archive = spoil(whole.copy()).change<Item[]>('manifest.json', (items) => items.map(change))
    await expect(converted(archive.pack())).rejects.toMatchObject({ code: 'INTEGRITY' })
  })
})

/** Of a digest nothing is forgiven, whatever else is wrong. */
const REFUSED: Record<string, { spoil: Spoil; code: string }> = {
  'the manifest names a layer that no config names': {
    spoil: manifest(({ layers }) => void Object.assign(layers[1] ?? {}, { digest: `sha256:${'0'.repeat(64)}` })),
    code: 'NOT_FOUND',
  },
  'the manifest names a layer of the other image': {
    spoil: (archive) => {
      const layer = archive.manifest(2).layers[0]
      return archive.changeManifest(({ layers }) => void layers.splice(0, 1, ...(layer === undefined ? [] : [layer])))
    },
    code: 'INTEGRITY',
  },
  'the manifest names another config': {
    spoil: manifest(({ config }) => void Object.assign(config, { digest: `sha256:${'0'.repeat(64)}` })),
    // One name for two images, since manifest.json has another one of it.
    code: 'FORMAT',
  },
  'the manifest names the config of the other image': {
    spoil: (archive) => {
      const { config } = archive.manifest(2)
      return archive.changeManifest((own) => ({ ...own, config }))
    },
    code: 'FORMAT',
  },
  'the entry names a manifest that is not there': {
    spoil: (archive) =>
      archive.changeEntries(([one, ...others]) => [{ ...one, digest: `sha256:${'0'.repeat(64)}` }, ...others]),
    code: 'NOT_FOUND',
  },
  'the manifest is not what its name says': {
    spoil: (archive) =>
      archive.change<SpoiledManifest>(pathOf(archive.entries()[0]?.digest ?? ''), (own) => ({ ...own, extra: 1 })),
    code: 'INTEGRITY',
  },
  'a layer is not what its name says': {
    spoil: (archive) => archive.put(pathOf(archive.manifest(0).layers[1]?.digest ?? ''), C),
    code: 'INTEGRITY',
  },
  'a layer is not what its name says, and its size is wrong': {
    spoil: (archive) => {
      const digest = archive.manifest(0).layers[1]?.digest ?? ''
      return manifest(({ layers }) => void Object.assign(layers[1] ?? {}, { size: 1 }))(archive).put(pathOf(digest), C)
    },
    code: 'INTEGRITY',
  },
  'manifest.json lacks a layer, too': {
    spoil: (archive) =>
      manifest(({ layers }) => void layers.pop())(archive).change<Item[]>('manifest.json', ([first, ...others]) => [
        { ...first, Layers: first?.Layers.slice(0, -1) },
        ...others,
      ]),
    code: 'INTEGRITY',
  },
  'manifest.json has the layers the other way round, too': {
    spoil: (archive) =>
      manifest(({ layers }) => void layers.reverse())(archive).change<Item[]>('manifest.json', ([first, ...others]) => [
        { ...first, Layers: [...(first?.Layers ?? [])].reverse() },
        ...others,
      ]),
    code: 'INTEGRITY',
  },
}

describe.each(Object.entries(REFUSED))('an archive of Docker 25 in which %s', (_, { spoil, code }) => {
  test.each(Object.entries(DOORS))('is refused, by %s', async (_, open) => {
    const path = await temporaryDirectory()
    await expect(convert(await open(spoil(whole.copy()).pack()), path)).rejects.toMatchObject({ code })
    expect(await filesBelow(path)).toEqual({})
  })
})

/** What is changed of manifest.json. */
interface Item {
  Config: string
  Layers: string[]
  LayerSources: unknown
}

function manifest(change: (own: SpoiledManifest) => unknown): Spoil {
  return (archive) => archive.changeManifest(change)
}

function resized(entry: Descriptor | undefined): Descriptor | undefined {
  return entry && { ...entry, size: entry.size + 1 }
}

function sorted(entries: Index['manifests']): string[] {
  return (entries ?? []).map((entry) => JSON.stringify(entry)).sort()
}
