import { describe, expect, test } from 'vitest'
import { inspect } from '../../../src/commands/inspect.js'
import { archiveOf, newLayout } from '../../fixtures/archives.js'
import { temporaryFile } from '../../fixtures/directory.js'
import { addImage, dockerEntries, image, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { converted } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

const good = image({ tags: ['good:v1'] })
const bad = image({ tags: ['bad:v1'], files: ['bad'] })

/** Archives with one image that is whole and one of which something is missing. */
const ARCHIVES: Record<string, Buffer> = {
  'a docker archive without one config': (() => {
    const [config, ...rest] = dockerEntries([bad, good])
    return tar(rest.filter(({ name }) => name !== config?.name))
  })(),
  'a layout without one manifest': (() => {
    const layout = newLayout()
    const [broken, whole] = [addImage(layout, bad), addImage(layout, good)]
    layout.manifests.push({ ...broken, annotations: nameAnnotations('docker.io/library/bad:v1') })
    layout.manifests.push({ ...whole, annotations: nameAnnotations('docker.io/library/good:v1') })
    layout.blobs.delete(broken.digest)
    return tar(layoutEntries(layout))
  })(),
}

describe.each(Object.entries(ARCHIVES))('of %s', (_, archive) => {
  test('the whole image can be had by its name or position', async () => {
    for (const selector of ['good:v1', '@1']) {
      const { images } = await converted(archive, { images: [selector] })
      expect(images).toMatchObject([{ reference: 'docker.io/library/good:v1' }])
    }
  })

  test.each([[[]], [['bad:v1']], [['@0']]])('everything, or the broken image, is refused: %j', async (images) => {
    await expect(converted(archive, { images })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('inspect shows both, and what is wrong', async () => {
    const { images } = await inspect(await temporaryFile(archive))
    expect(images).toMatchObject([
      { kind: 'broken', names: ['bad:v1'], problem: expect.stringMatching(/not in the (archive|source)/) },
      { kind: 'image', names: ['good:v1'], problem: null },
    ])
  })
})

test('an image of which a layer is missing is refused only if it is wanted', async () => {
  const [layer] = good.layers
  const entries = dockerEntries([good])
  const archive = archiveOf(bad, ['gone.tar'], [{ name: 'x', content: layer ?? '' }, ...entries.slice(0, -1)])
  await expect(converted(archive)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
