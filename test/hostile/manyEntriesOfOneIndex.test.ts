import { describe, expect, test } from 'vitest'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_INDEX, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../src/spec/parse.js'
import { newLayout } from '../fixtures/archives.js'
import { transload } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { addBlob, addImage, image, layoutEntries } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

/** An index of so many manifests, of which one is there, and as many entries that point at it. */
function archiveOf(entries: number, manifests: number, entryOf: (at: number) => Partial<Descriptor>): Buffer {
  const layout = newLayout()
  const one = addImage(layout, image())
  const absent = Array.from({ length: manifests }, (_, at) => ({
    mediaType: OCI_MANIFEST,
    digest: `sha256:${at.toString(16).padStart(64, '0')}`,
    size: 1,
    platform: { os: 'linux', architecture: `a${at}` },
  }))
  const document = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [one, ...absent] }
  const root = addBlob(layout, canonicalJSON(document), OCI_INDEX)
  layout.manifests.push(...Array.from({ length: entries }, (_, at) => ({ ...root, ...entryOf(at) })))
  return tar(layoutEntries(layout))
}

const byPlatform = archiveOf(3000, 8000, (at) => ({ platform: { os: 'linux', architecture: `x${at}` } }))
const byName = archiveOf(3000, 8000, (at) => ({
  annotations: { 'io.containerd.image.name': `docker.io/library/app:v${at}` },
}))

// What each entry would cost for each manifest takes minutes and gigabytes.
describe.each([
  ['told apart by platform', byPlatform],
  ['told apart by name', byName],
])('thousands of entries of one index, %s', (_, archive) => {
  test.each([[['--strip-attestations']], [['--format', 'oci', '--json']], [['--platform', 'linux/none']]])(
    'cost no more than their number: %j',
    async (options) => {
      const out = `${await temporaryDirectory()}/out.tar`
      const { status } = await transload('convert', await temporaryFile(archive), out, ...options)
      expect([0, 1]).toContain(status)
    },
  )

  test('are not all shown if that is too much', async () => {
    const result = await transload('inspect', await temporaryFile(archive), '--json')
    expect([0, 1]).toContain(result.status)
  })
})
