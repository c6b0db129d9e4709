import { expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { inspect } from '../../src/commands/inspect.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_INDEX, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { newLayout } from '../fixtures/archives.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { addBlob, addImage, image, layoutEntries } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

/** An archive of different indexes, each of which lists another one, which lists so many manifests. */
function archiveOf(indexes: number, manifests: number): Buffer {
  const layout = newLayout()
  const one = addImage(layout, image())
  const absent = Array.from({ length: manifests }, (_, at) => ({
    mediaType: OCI_MANIFEST,
    digest: `sha256:${at.toString(16).padStart(64, '0')}`,
    size: 1,
  }))
  const inner = addBlob(layout, indexOf([one, ...absent]), OCI_INDEX)
  for (let at = 0; at < indexes; at++) {
    layout.manifests.push(addBlob(layout, indexOf([inner], { at: `${at}` }), OCI_INDEX))
  }
  return tar(layoutEntries(layout))
}

function indexOf(manifests: unknown[], annotations = {}): Buffer {
  return canonicalJSON({ schemaVersion: 2, mediaType: OCI_INDEX, manifests, annotations })
}

test('thousands of indexes that list a large one are refused', async () => {
  const archive = await temporaryFile(archiveOf(2000, 8000))
  await expect(convert(archive, `${await temporaryDirectory()}/layout`)).rejects.toMatchObject({ code: 'UNSAFE' })
  await expect(inspect(archive)).rejects.toMatchObject({ code: 'UNSAFE' })
})

test('a few are taken', async () => {
  const archive = await temporaryFile(archiveOf(20, 100))
  const { images } = await convert(archive, `${await temporaryDirectory()}/layout`)
  expect(images).toHaveLength(20)
})
