import { describe, expect, test } from 'vitest'
import { archiveBlobs } from '../../src/archive/archiveBlobs.js'
import { readManifestJSON } from '../../src/docker/read/manifestJSON.js'
import { digestOf, hexOf } from '../../src/spec/digest.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { newLayout } from '../fixtures/archives.js'
import { wholeItems } from '../fixtures/candidates.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { heavyImage, measured } from '../fixtures/heavy.js'
import { addBlob, layoutEntries } from '../fixtures/image.js'
import { withArchive } from '../fixtures/intake.js'
import { tar } from '../fixtures/tar.js'

const IMAGES = 150
/** In MiB: a process takes some 80 before it has read anything; 150 configs would take 600, and as much parsed. */
const MOST = 400

const { config, layers } = heavyImage()
const [layer = Buffer.alloc(0)] = layers

/** Many items that name one large config by many paths. */
function items(): Buffer {
  const name = `${hexOf(digestOf(config))}.json`
  const table = Array.from({ length: IMAGES }, (_, at) => ({
    Config: `${'./'.repeat(at)}${name}`,
    RepoTags: [`app:v${at}`],
    Layers: ['layer.tar'],
  }))
  return tar([
    { name, content: config },
    { name: 'layer.tar', content: layer },
    { name: 'manifest.json', content: JSON.stringify(table) },
  ])
}

/** Many manifests that name one large config. */
function manifests(): Buffer {
  const layout = newLayout()
  const named = { config: addBlob(layout, config, OCI_CONFIG), layers: [] }
  for (let at = 0; at < IMAGES; at++) {
    const document = canonicalJSON({ schemaVersion: 2, ...named, annotations: { at: `${at}` } })
    layout.manifests.push(addBlob(layout, document, OCI_MANIFEST))
  }
  return tar(layoutEntries(layout))
}

describe('one large config of many images', () => {
  test('is one object, which was read once', async () => {
    await withArchive('file', items(), async (archive, { context }) => {
      const found = wholeItems(await readManifestJSON(archive, context.warn))
      expect(new Set(found.map((item) => item.config.parsed)).size).toBe(1)
      expect(new Set(found.map((item) => item.config.bytes)).size).toBe(1)
      expect(found).toHaveLength(IMAGES)
      expect(archiveBlobs(archive).documents?.get(digestOf(config))?.bytes).toBe(found[0]?.config.bytes)
    })
  })

  test.each([
    ['items', items],
    ['manifests', manifests],
  ])('takes memory once: of %s', { timeout: 120_000 }, async (what, archive) => {
    const source = await temporaryFile(archive())
    const outcome = await measured(source, `${await temporaryDirectory()}/out.tar`)
    expect(outcome.code, what).toBe(what === 'items' ? undefined : 'INTEGRITY')
    expect(outcome.peak).toBeLessThan(MOST)
    // All of it would be too much to show.
    expect(await measured(source)).toMatchObject({ code: 'UNSAFE' })
  })
})
