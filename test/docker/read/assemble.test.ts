import { describe, expect, test } from 'vitest'
import { assemble, checkLayers } from '../../../src/docker/read/assemble.js'
import { type Item, readManifestJSON } from '../../../src/docker/read/manifestJSON.js'
import { digestOf } from '../../../src/spec/digest.js'
import type { ImageError } from '../../../src/spec/errors.js'
import { OCI_MANIFEST } from '../../../src/spec/mediaTypes.js'
import { parseManifest } from '../../../src/spec/parse.js'
import { wholeItems } from '../../fixtures/candidates.js'
import { dockerArchive, image } from '../../fixtures/image.js'
import { intake, type TestIntake, withArchive } from '../../fixtures/intake.js'

describe.each(['file', 'pipe'])('assembling by %s', (door) => {
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
      await expect(assemble(items.map(fewer), store)).rejects.toMatchObject({
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
      return { manifests: await assemble(items.map(change), store), sink: made.sink }
    },
    made,
  )
}
