import { join } from 'node:path'
import { expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../src/spec/parse.js'
import { filesBelow, temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { addBlob, addImage, image, type Layout, layoutEntries } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

test('a digest that is a manifest to the index and a layer to another manifest is refused', async () => {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  const inner = addImage(layout, image())
  const outer = addManifest(layout, [{ ...inner, mediaType: 'application/vnd.oci.image.layer.v1.tar' }])
  layout.manifests.push(outer, inner)
  await expectRefused(layout, /two media types for one digest/)
})

test('a digest with two sizes is refused', async () => {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  const layer = addBlob(layout, image().layers[0] ?? Buffer.alloc(0), 'application/vnd.oci.image.layer.v1.tar')
  layout.manifests.push(addManifest(layout, [layer]), addManifest(layout, [{ ...layer, size: 999 }]))
  await expectRefused(layout, /two sizes for one digest: expected \d+, found 999/)
})

function addManifest(layout: Layout, layers: Descriptor[]): Descriptor {
  const config = addBlob(layout, Buffer.from('{}'), OCI_CONFIG)
  return addBlob(layout, canonicalJSON({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }), OCI_MANIFEST)
}

async function expectRefused(layout: Layout, message: RegExp): Promise<void> {
  const root = await temporaryDirectory()
  const archive = await temporaryFile(tar(layoutEntries(layout)))
  const refused = { code: 'INTEGRITY', message: expect.stringMatching(message) }
  await expect(convert(archive, join(root, 'layout'))).rejects.toMatchObject(refused)
  expect(await filesBelow(root)).toEqual({})
}
