import { expect, test } from 'vitest'
import { archiveBlobs } from '../../src/archive/archiveBlobs.js'
import { listImages } from '../../src/image/list.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import type { BlobSource } from '../../src/store/blobs.js'
import { newLayout } from '../fixtures/archives.js'
import { heavyJSON } from '../fixtures/heavy.js'
import { addBlob, image, layoutEntries } from '../fixtures/image.js'
import { withArchive } from '../fixtures/intake.js'
import { tar } from '../fixtures/tar.js'

const PLATFORMS = 150

test('one large manifest under many platforms is read and held once', async () => {
  const layout = newLayout()
  const { config } = image({ files: [] })
  const annotations = { large: heavyJSON({}).toString() }
  const document = { schemaVersion: 2, config: addBlob(layout, config, OCI_CONFIG), layers: [], annotations }
  const manifest = addBlob(layout, canonicalJSON(document), OCI_MANIFEST)
  for (let at = 0; at < PLATFORMS; at++) {
    layout.manifests.push({ ...manifest, platform: { os: 'linux', architecture: `a${at}` } })
  }
  await withArchive('file', tar(layoutEntries(layout)), async (archive) => {
    let opened = 0
    const source = archiveBlobs(archive)
    const counting: BlobSource = {
      ...source,
      open: (claim, start) => {
        opened++
        return source.open(claim, start)
      },
    }
    const offers = await listImages({ archive, blobs: counting }, undefined)
    expect(offers).toHaveLength(PLATFORMS)
    expect(new Set(offers.map((offer) => offer.kind === 'index' && offer.nodes)).size).toBe(1)
    expect(opened).toBe(1)
  })
})
