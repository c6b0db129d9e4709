import { describe, expect, test } from 'vitest'
import type { LayerStore } from '../../src/archive/layerStore.js'
import { checkLayers } from '../../src/docker/read/checkLayers.js'
import type { Item } from '../../src/docker/read/item.js'
import { readManifestJSON } from '../../src/docker/read/manifestJSON.js'
import { Carrier } from '../../src/image/carry.js'
import { sourceWith } from '../../src/image/source.js'
import { digestOf, hexOf } from '../../src/spec/digest.js'
import type { ImageError } from '../../src/spec/errors.js'
import { OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { type Descriptor, parseManifest } from '../../src/spec/parse.js'
import { archiveOf, NAME, newLayout, stacked } from '../fixtures/archives.js'
import { wholeItems } from '../fixtures/candidates.js'
import { addImage, dockerArchive, image, layoutEntries, nameAnnotations } from '../fixtures/image.js'
import { intake, type TestIntake, withArchive } from '../fixtures/intake.js'
import { converted } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'

describe.each(['file', 'pipe'])('carrying images of manifest.json by %s', (door) => {
  test('makes a manifest for each image, in their order, of stored layers and configs', async () => {
    const images = [image(), image({ tags: null, files: ['one', 'three'] })]
    const { manifests, sink } = await assembled(door, dockerArchive(...images))
    for (const [at, { config, layers }] of images.entries()) {
      expect(manifests[at]?.mediaType).toBe(OCI_MANIFEST)
      const document = parseManifest(sink.staged.get(manifests[at]?.digest ?? '') ?? Buffer.alloc(0), 'manifest')
      expect(document.config).toMatchObject({ digest: digestOf(config), size: config.length })
      expect(document.layers.map(({ digest }) => digest)).toEqual(layers.map((layer) => digestOf(layer)))
    }
    expect(sink.staged.size).toBe(2 + 2 + 3)
  })

  test('refuses an image whose layers are in another order than its config says', async () => {
    const reversed = (item: Item) => ({ ...item, layers: [...item.layers].reverse() })
    const error = await assembled(door, dockerArchive(image()), reversed).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'INTEGRITY', expected: expect.anything(), found: expect.anything() })
    // Which of the two fails first is up to the machine.
    const { expected, found } = error as ImageError
    expect([expected, found].sort()).toEqual(
      image()
        .layers.map((layer) => digestOf(layer))
        .sort(),
    )
  })

  test('refuses a wrong count before any layer is stored', async () => {
    const made = intake()
    const fewer = (item: Item) => ({ ...item, layers: item.layers.slice(1) })
    await withArchive('file', dockerArchive(image()), async (archive, _, store) => {
      const items = wholeItems(await readManifestJSON(archive, made.context.warn))
      await expect(carried(items.map(fewer), store)).rejects.toMatchObject({
        code: 'INTEGRITY',
        message: expect.stringContaining('image app:v1'),
      })
      expect(made.sink.staged.size).toBe(0)
    })
  })

  test('checks layers that need not be stored, and stores none', async () => {
    const made = intake()
    await withArchive('file', dockerArchive(image()), async (archive, _, store) => {
      const items = wholeItems(await readManifestJSON(archive, made.context.warn))
      await checkLayers(items, store)
      expect(made.sink.staged.size).toBe(0)
      const reversed = items.map((item) => ({ ...item, layers: [...item.layers].reverse() }))
      await expect(checkLayers(reversed, store)).rejects.toMatchObject({ code: 'INTEGRITY' })
      const gone = items.map((item) => ({ ...item, layers: ['gone', 'gone'] }))
      await expect(checkLayers(gone, store)).rejects.toMatchObject({ code: 'NOT_FOUND', where: 'gone' })
    })
  })
})

function assembled(door: string, bytes: Buffer, change = (item: Item) => item) {
  const made: TestIntake = intake()
  return withArchive(
    door,
    bytes,
    async (archive, _, store) => {
      const items = wholeItems(await readManifestJSON(archive, made.context.warn))
      return { manifests: await carried(items.map(change), store), sink: made.sink }
    },
    made,
  )
}

test.each(['keep', 'gzip'] as const)('each file of one content is checked, with layers as %s', async (layers) => {
  const [one = Buffer.alloc(0)] = image({ files: ['one'] }).layers
  const wrong = Buffer.from(one).fill('x', 512, 515)
  const files = (second: Buffer) => [
    { name: 'first', content: one },
    { name: 'second', content: second },
  ]
  const good = archiveOf(stacked([one, one]), ['first', 'second'], files(one))
  const { images } = await converted(good, { layers })
  expect(images).toHaveLength(1)
  const bad = archiveOf(stacked([one, one]), ['first', 'second'], files(wrong))
  await expect(converted(bad, { layers })).rejects.toMatchObject({
    code: 'INTEGRITY',
    message: expect.stringContaining('ingest second: diffID of layer 1 differs'),
  })
})

test('a plain layer is checked although the destination has its content', async () => {
  const [one = Buffer.alloc(0)] = image({ files: ['one'] }).layers
  const { path } = await converted(archiveOf(stacked([one]), ['first'], [{ name: 'first', content: one }]))
  const wrong = Buffer.from(one).fill('x', 512, 515)
  const again = converted(archiveOf(stacked([one]), ['first'], [{ name: 'first', content: wrong }]), {}, path)
  await expect(again).rejects.toMatchObject({ code: 'INTEGRITY', found: digestOf(wrong) })
})

test('a blob that an index and manifest.json name is read once', async () => {
  const layout = newLayout()
  const [indexed, listed] = [image(), image({ tags: ['more:v2'], config: { variant: 'v8' } })]
  layout.manifests.push({ ...addImage(layout, indexed, 'none'), annotations: nameAnnotations(NAME) })
  const paths = listed.layers.map((layer) => `blobs/sha256/${hexOf(digestOf(layer))}`)
  const config = { name: 'config', content: listed.config }
  const table = [{ Config: 'config', RepoTags: listed.tags, Layers: paths }]
  const manifest = { name: 'manifest.json', content: JSON.stringify(table) }
  const { images, bytesRead } = await converted(tar([...layoutEntries(layout), config, manifest]))
  expect(images).toHaveLength(2)
  expect(bytesRead).toBe(indexed.config.length + indexed.layers.reduce((total, { length }) => total + length, 0))
})

/** The descriptors of the images' manifests, in their order. */
async function carried(items: readonly Item[], store: LayerStore): Promise<Descriptor[]> {
  const images = items.map((item) => ({ kind: 'item' as const, item, manifestDigests: [] }))
  const { roots } = await new Carrier(sourceWith(store)).carry(images)
  return images.flatMap((image) => roots.get(image) ?? [])
}
