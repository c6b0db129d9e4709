import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { inspect } from '../../../src/commands/inspect.js'
import { addPlatforms, newLayout } from '../../fixtures/archives.js'
import { temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { addImage, dockerArchive, image, type Layout, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { converted, namesIn, unpacked } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

const NAME = 'docker.io/library/app:1'
const REF = 'org.opencontainers.image.ref.name'

/** A layout to which a tool has added an image under a tag, copying the annotations of the first. */
function edited(tag: string): Layout {
  const layout = newLayout()
  layout.manifests.push({ ...addImage(layout, image()), annotations: nameAnnotations(NAME) })
  const annotations = { ...nameAnnotations(NAME), [REF]: tag }
  layout.manifests.push({ ...addImage(layout, image({ files: ['new'] })), annotations })
  return layout
}

describe('a layout in which a tool has changed ref.name alone', () => {
  test('has the images under both names, which is told', async () => {
    const { images, warnings } = await inspect(await unpacked(tar(layoutEntries(edited('1-new')))))
    expect(images.map(({ names }) => names)).toEqual([['app:1'], ['app:1-new']])
    expect(warnings).toEqual([{ code: 'NAMES_DIFFER', where: 'app:1-new', message: expect.stringContaining(NAME) }])
  })

  test('is selected from by the new tag, and written with it in both annotations', async () => {
    const layout = edited('1-new')
    const from = `oci:${await unpacked(tar(layoutEntries(layout)))}:1-new`
    const { index } = await converted(from)
    expect(index.manifests?.map(({ digest }) => digest)).toEqual([layout.manifests[1]?.digest])
    expect(namesIn(index)).toEqual([['docker.io/library/app:1-new', '1-new']])
  })

  test('goes to a docker archive under the new names', async () => {
    const archive = join(await temporaryDirectory(), 'out.tar')
    await convert(await unpacked(tar(layoutEntries(edited('web:2')))), archive)
    expect((await inspect(archive)).images.map(({ names }) => names)).toEqual([['app:1'], ['web:2']])
    expect((await inspect(archive)).warnings).toEqual([])
  })
})

test('a ref.name is what a layout is asked for, before a name or a tag', async () => {
  const layout = newLayout()
  layout.manifests.push({ ...addImage(layout, image()), annotations: nameAnnotations('docker.io/library/web:latest') })
  layout.manifests.push({ ...addImage(layout, image({ files: ['x'] })), annotations: { [REF]: 'web' } })
  const path = await unpacked(tar(layoutEntries(layout)))
  const { index } = await converted(`oci:${path}:web`)
  expect(index.manifests).toEqual([layout.manifests[1]])
  await expect(converted(path, { images: ['web'] })).rejects.toThrow('more than one image matches')
})

test.each(['layout', 'layout.tar'])('the entries of an index keep their order: %s', async (name) => {
  const layout = newLayout()
  const { root } = addPlatforms(layout)
  const other = addImage(layout, image({ files: ['other'] }))
  const annotations = (tag: string) => ({ annotations: nameAnnotations(`docker.io/library/app:${tag}`) })
  layout.manifests.push({ ...root, ...annotations('1') }, { ...other, ...annotations('2') })
  layout.manifests.push({ ...root, ...annotations('3') }, root)
  const [source, to] = [await temporaryFile(tar(layoutEntries(layout))), join(await temporaryDirectory(), name)]
  await convert(`oci-archive:${source}`, name === 'layout' ? to : `oci-archive:${to}`)
  expect((await converted(to)).index.manifests).toEqual(layout.manifests)
})

test('an image of manifest.json alone comes behind those of the index', async () => {
  const layout = newLayout()
  layout.manifests.push({ ...addImage(layout, image()), annotations: nameAnnotations(NAME) })
  const more = image({ tags: ['more:1'], files: ['more'] })
  const archive = Buffer.concat([tar(layoutEntries(layout)).subarray(0, -1024), dockerArchive(more)])
  expect(namesIn((await converted(archive)).index).map(([name]) => name)).toEqual([NAME, 'docker.io/library/more:1'])
})
