import { join } from 'node:path'
import { expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { inspect } from '../../../src/commands/inspect.js'
import { newLayout } from '../../fixtures/archives.js'
import { temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { addImage, addIndex, image, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { converted } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

const NAME = 'docker.io/library/win:1'
const VERSIONS = ['10.0.17763.5122', '10.0.20348.2227']

/** A layout of one name for two versions of Windows, in an index or beside each other. */
function twoVersions({ isFlat = false } = {}) {
  const layout = newLayout()
  const manifests = VERSIONS.map((version) => {
    const config = { os: 'windows', 'os.version': version }
    const platform = { architecture: 'amd64', os: 'windows', 'os.version': version }
    return { ...addImage(layout, image({ files: [version], config })), platform }
  })
  const roots = isFlat ? manifests : [addIndex(layout, manifests)]
  layout.manifests.push(...roots.map((root) => ({ ...root, annotations: nameAnnotations(NAME) })))
  return { bytes: tar(layoutEntries(layout)), layout, manifests }
}

test('versions of a system are shown', async () => {
  const { images } = await inspect(await temporaryFile(twoVersions().bytes))
  expect(images[0]?.manifests.map(({ platform }) => platform)).toEqual(
    VERSIONS.map((version) => `windows(${version})/amd64`),
  )
})

test.each([
  ['windows(10.0.20348)/amd64', 1],
  ['windows/amd64:10.0.17763.5122', 0],
])('%s selects one of them', async (platform, at) => {
  const { bytes, manifests } = twoVersions()
  const { index } = await converted(bytes, { platforms: [platform] })
  expect(index.manifests?.map(({ digest }) => digest)).toEqual([manifests[at]?.digest])
})

test('a system without a version keeps all of them', async () => {
  const { bytes, layout } = twoVersions()
  const { index, files } = await converted(bytes, { platforms: ['windows/amd64'] })
  expect(index.manifests).toEqual(layout.manifests)
  expect(Object.keys(files).filter((path) => path.startsWith('blobs/'))).toHaveLength(layout.blobs.size)
})

test('a version that is not there is told with those that are', async () => {
  const refused = converted(twoVersions().bytes, { platforms: ['windows(6.1)/amd64'] })
  await expect(refused).rejects.toMatchObject({
    code: 'NOT_FOUND',
    found: VERSIONS.map((version) => `windows(${version})/amd64`).join(', '),
  })
})

test.each(['layout', 'out.tar'])('one name may stand for several of them beside each other: %s', async (name) => {
  const { bytes, layout } = twoVersions({ isFlat: true })
  const to = join(await temporaryDirectory(), name)
  await convert(await temporaryFile(bytes), to, { platforms: ['windows/amd64'] })
  expect((await converted(to)).index.manifests).toEqual(layout.manifests)
})
