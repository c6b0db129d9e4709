import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Progress } from '../../../src/bytes/context.js'
import { type Inspection, inspect } from '../../../src/commands/inspect.js'
import type { InspectOptions } from '../../../src/commands/options.js'
import { digestOf } from '../../../src/spec/digest.js'
import { ImageError } from '../../../src/spec/errors.js'
import { OCI_MANIFEST, ociLayerType } from '../../../src/spec/mediaTypes.js'
import { ARCHIVES, addPlatforms, archiveOf, NAME, newLayout, stacked } from '../../fixtures/archives.js'
import { addImage, dockerArchive, image, type Layout, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { converted, DOORS } from '../../fixtures/layout.js'
import { type EntrySpec, tar } from '../../fixtures/tar.js'
import { V1_ARCHIVES } from '../../fixtures/v1.js'
import { hybridEntries, layoutOf, replaced, without } from '../../variants/layouts.js'
import { LAYER, OTHER_LAYER, TWO } from '../../variants/variant.js'

const DOOR_NAMES = Object.keys(DOORS)

describe.each(DOOR_NAMES)('by %s, layers that are read tell', (door) => {
  test('digests of compressed ones, and with them that of the manifest', async () => {
    const { images } = await fullyInspected(ARCHIVES['gzip layers under odd names']?.(), door)
    const layers = image().layers.map((bytes) => ({
      mediaType: ociLayerType('gzip'),
      digest: digestOf(gzipSync(bytes)),
      size: gzipSync(bytes).length,
      diffID: digestOf(bytes),
      compression: 'gzip',
      present: true,
    }))
    const manifest = addImage(newLayout(), image())
    expect(images).toMatchObject([{ digest: manifest.digest, mediaType: OCI_MANIFEST, layers }])
  })

  test('the image IDs of Docker before 1.10', async () => {
    const archive = V1_ARCHIVES['two images of one base']?.() ?? Buffer.alloc(0)
    const { images } = await fullyInspected(archive, door)
    const expected = (await converted(archive)).images.map(({ digest, config }) => ({ digest, config }))
    expect(images.map(({ digest, config }) => ({ digest, config }))).toEqual(expected)
    for (const { layers } of images) for (const { digest, diffID } of layers) expect(digest).toBe(diffID)
  })

  test('nothing more of a layout, which states all', async () => {
    const archive = tar(layoutEntries(layoutOf(TWO)))
    const verified = { layers: 2, images: 1, faults: 0 }
    expect(await fullyInspected(archive, door)).toEqual({ ...(await inspectedBy(archive, door, {})), verified })
  })
})

const WRONG = stacked([LAYER, LAYER])
const CHANGED = gzipSync(LAYER).fill(0xff, 12, 20)

/** The layout of an image whose second layer is another than its config says. */
function lying(compression: 'none' | 'gzip'): Layout {
  return layoutOf({ ...WRONG, layers: [LAYER, OTHER_LAYER] }, compression)
}

/** Files at other paths, as what manifest.json says of an image that the index has. */
function beside(layers: readonly Buffer[]): EntrySpec[] {
  const files = layers.map((content, at) => ({ name: `${at}.tar`, content }))
  const table = [{ Config: 'config.json', RepoTags: ['app:v1'], Layers: files.map(({ name }) => name) }]
  return [
    ...files,
    { name: 'config.json', content: TWO.config },
    { name: 'manifest.json', content: JSON.stringify(table) },
  ]
}

/** A blob of the layout of an image with gzip layers. */
const BLOB = `blobs/${digestOf(gzipSync(LAYER)).replace(':', '/')}`
const INTEGRITY = { code: 'INTEGRITY' }
/** What decompresses to nothing may be told before what is not the blob. */
const DAMAGED = { code: expect.stringMatching(/^(INTEGRITY|FORMAT)$/) }

/** Archives that do not hold what they state, and what is found then. */
const LIES: Readonly<Record<string, [build: () => Buffer, found: Record<string, unknown>]>> = {
  'a layer that is another': [
    () => dockerArchive({ ...WRONG, layers: [LAYER, OTHER_LAYER] }),
    { ...INTEGRITY, expected: digestOf(LAYER), found: digestOf(OTHER_LAYER) },
  ],
  'a compressed layer that is another': [
    () => archiveOf(stacked([LAYER]), ['a'], [{ name: 'a', content: gzipSync(OTHER_LAYER) }]),
    { ...INTEGRITY, expected: digestOf(LAYER), found: digestOf(OTHER_LAYER) },
  ],
  'a layer of a layout that is another': [
    () => tar(layoutEntries(lying('none'))),
    { ...INTEGRITY, expected: digestOf(LAYER), found: digestOf(OTHER_LAYER) },
  ],
  'a compressed layer of a layout that is another': [
    () => tar(layoutEntries(lying('gzip'))),
    { ...INTEGRITY, expected: digestOf(LAYER), found: digestOf(OTHER_LAYER) },
  ],
  'a blob of other bytes': [() => tar(replaced(layoutEntries(layoutOf(TWO)), BLOB, CHANGED)), DAMAGED],
  'a blob of another size': [() => tar(replaced(layoutEntries(layoutOf(TWO)), BLOB, 'short')), INTEGRITY],
  'a blob of other bytes in a hybrid': [() => tar(replaced(hybridEntries(layoutOf(TWO)), BLOB, CHANGED)), DAMAGED],
  'other files of an image that the index has': [
    () => tar([...layoutEntries(layoutOf(TWO)), ...beside([OTHER_LAYER, LAYER])]),
    INTEGRITY,
  ],
  'a count of layers that differs': [() => archiveOf(TWO, ['a'], [{ name: 'a', content: LAYER }]), INTEGRITY],
  'a layer that is not there': [
    () => archiveOf(TWO, ['a', 'b'], [{ name: 'a', content: LAYER }]),
    { code: 'NOT_FOUND' },
  ],
  'a blob that is not there': [() => tar(without(layoutEntries(layoutOf(TWO)), BLOB)), { code: 'NOT_FOUND' }],
  'a layer whose compression is damaged': [
    () => archiveOf(stacked([LAYER]), ['a'], [{ name: 'a', content: CHANGED }]),
    { code: 'FORMAT' },
  ],
}

describe.each(Object.entries(LIES))('%s', (_, [build, found]) => {
  test.each(DOOR_NAMES)('is found when the layers are read by %s', async (door) => {
    await expect(inspectedBy(build(), door, { full: true, strict: true })).rejects.toBeInstanceOf(ImageError)
  })

  test.each(['file', 'directory'])('is told beside the image, which is shown, by %s', async (door) => {
    const { images, verified, warnings } = await fullyInspected(build(), door)
    const words = 'found' in found ? expect.stringContaining(`${found.found}`) : expect.any(String)
    expect(images).toMatchObject([{ names: ['app:v1'], problem: words }])
    expect(verified?.faults).toBeGreaterThan(0)
    expect(warnings.filter(({ code }) => code === 'BROKEN')).toHaveLength(verified?.faults ?? 0)
  })

  test('is not looked for in a file without reading them', async () => {
    const { images } = await inspectedBy(build(), 'file', {})
    expect(images).toMatchObject([{ names: ['app:v1'] }])
  })
})

test.each(DOOR_NAMES)('the same files beside an index are no lie, by %s', async (door) => {
  const archive = tar([...layoutEntries(layoutOf(TWO)), ...beside([LAYER, OTHER_LAYER])])
  expect((await fullyInspected(archive, door)).images).toMatchObject([{ names: ['app:v1'] }])
})

test('only the images that were chosen are read', async () => {
  const archive = dockerArchive(image(), { ...WRONG, tags: ['wrong:1'], layers: [LAYER, OTHER_LAYER] })
  expect((await inspectedBy(archive, 'file', { full: true, images: ['app:v1'] })).images).toHaveLength(1)
  const { verified } = await inspectedBy(archive, 'file', { full: true, images: ['wrong:1'] })
  expect(verified).toEqual({ layers: 0, images: 0, faults: 1 })
})

test('what was checked is counted: layers and images, each once', async () => {
  const layout = newLayout()
  const { root, amd64 } = addPlatforms(layout)
  layout.manifests.push({ ...root, annotations: nameAnnotations(NAME) }, amd64)
  const { verified } = await fullyInspected(tar(layoutEntries(layout)), 'file')
  expect(verified).toEqual({ layers: 3, images: 2, faults: 0 })
  expect((await fullyInspected(dockerArchive(image(), image()), 'file')).verified).toEqual({
    layers: 2,
    images: 1,
    faults: 0,
  })
  expect((await inspectedBy(dockerArchive(image()), 'file', {})).verified).toBeNull()
})

test('progress is told of what is read', async () => {
  const seen: Progress[] = []
  await inspectedBy(dockerArchive(image()), 'file', { full: true, onProgress: (progress) => seen.push(progress) })
  expect(seen.filter(({ ended, done, total }) => ended && done === total)).toHaveLength(2)
})

function fullyInspected(archive: Buffer | undefined, door: string): Promise<Inspection> {
  return inspectedBy(archive, door, { full: true })
}

async function inspectedBy(archive: Buffer | undefined, door: string, options: InspectOptions): Promise<Inspection> {
  return inspect((await DOORS[door]?.(archive ?? Buffer.alloc(0))) ?? '', options)
}
