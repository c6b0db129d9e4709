import { expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { inspect } from '../../src/commands/inspect.js'
import { addArtifact, hybridArchive, NAME, newLayout } from '../fixtures/archives.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { exported } from '../fixtures/exporting.js'
import { addBlob, addImage, dockerArchive, image, layoutEntries, nameAnnotations } from '../fixtures/image.js'
import { DOORS } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'

test.each(Object.entries(DOORS))(
  'manifests that nothing names are told, with what they are, by %s',
  async (_, open) => {
    const layout = newLayout()
    const app = addImage(layout, image())
    layout.manifests.push({ ...app, annotations: nameAnnotations(NAME) })
    addArtifact(layout, app)
    addArtifact(layout, app, 'another')
    addBlob(layout, Buffer.from('{"id":"no manifest"}'), 'text/plain')
    const archive = tar(layoutEntries(layout))
    const told = [
      {
        code: 'UNREACHED',
        where: 'index.json',
        message: expect.stringMatching(
          /6 blobs that nothing names \(\d+ bytes\).*2 of application\/vnd.example.signature/,
        ),
      },
    ]
    expect((await convert(await open(archive), `${await temporaryDirectory()}/layout`)).warnings).toMatchObject(told)
    expect((await inspect(await open(archive))).warnings).toMatchObject(told)
  },
)

test('of what Docker itself writes, all is named', async () => {
  for (const archive of [hybridArchive(), (await exported(dockerArchive(image()), { format: 'docker-25' })).bytes]) {
    expect((await inspect(await temporaryFile(archive))).warnings).toEqual([])
  }
})

test('blobs that nothing names are told also beside an item that is no image', async () => {
  const layout = newLayout()
  layout.manifests.push({ ...addImage(layout, image()), annotations: nameAnnotations(NAME) })
  const config = addBlob(layout, Buffer.from('{"os":"linux"}'), 'text/plain')
  addBlob(layout, Buffer.from('stray'), 'text/plain')
  const table = [{ Config: `blobs/${config.digest.replace(':', '/')}`, RepoTags: ['bare:v1'], Layers: [] }]
  const archive = tar([...layoutEntries(layout), { name: 'manifest.json', content: JSON.stringify(table) }])
  const { warnings } = await convert(await temporaryFile(archive), `${await temporaryDirectory()}/layout`)
  const message = expect.stringContaining('1 blob that nothing names (5 bytes)')
  expect(warnings).toMatchObject([
    { code: 'UNREACHED', message },
    { code: 'NO_IMAGE', where: 'bare:v1' },
  ])
})
