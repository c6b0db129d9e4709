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
