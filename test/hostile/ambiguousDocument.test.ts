import { describe, expect, test } from 'vitest'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { newLayout } from '../fixtures/archives.js'
import { addBlob, addImage, image, layoutEntries } from '../fixtures/image.js'
import { converted } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'

/** CVE-2021-41190: what one reader takes for an index, another for a manifest. */
describe.each([undefined, OCI_INDEX, OCI_MANIFEST])(
  'a document that is index and manifest, stating %s',
  (mediaType) => {
    test.each([OCI_INDEX, OCI_MANIFEST])('is refused as %s', async (described) => {
      const layout = newLayout()
      const child = addImage(layout, image())
      const config = addBlob(layout, image().config, OCI_CONFIG)
      const both = { schemaVersion: 2, mediaType, config, layers: [], manifests: [child] }
      layout.manifests.push(addBlob(layout, canonicalJSON(both), described))
      await expect(converted(tar(layoutEntries(layout)))).rejects.toMatchObject({ code: 'FORMAT' })
    })
  },
)

describe('keys of the other kind in another case are refused, since Go takes them', () => {
  test.each(['Manifests', 'MANIFESTS', 'FSLayers'])('in a manifest: %s', async (key) => {
    const layout = newLayout()
    const config = addBlob(layout, image().config, OCI_CONFIG)
    const both = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [], [key]: [] }
    layout.manifests.push(addBlob(layout, canonicalJSON(both), OCI_MANIFEST))
    await expect(converted(tar(layoutEntries(layout)))).rejects.toMatchObject({ code: 'FORMAT' })
  })

  test.each(['Layers', 'Config', 'FSLayers'])('in an index: %s', async (key) => {
    const layout = newLayout()
    const both = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [addImage(layout, image())], [key]: [] }
    layout.manifests.push(addBlob(layout, canonicalJSON(both), OCI_INDEX))
    await expect(converted(tar(layoutEntries(layout)))).rejects.toMatchObject({ code: 'FORMAT' })
  })
})

test('a document of another kind than its descriptor says is refused', async () => {
  const layout = newLayout()
  layout.manifests.push({ ...addImage(layout, image()), mediaType: OCI_INDEX })
  await expect(converted(tar(layoutEntries(layout)))).rejects.toMatchObject({ name: 'ImageError' })
})
