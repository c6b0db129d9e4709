import { describe, expect, test } from 'vitest'
import { ingest } from '../../src/image/ingest.js'
import { sourceWith } from '../../src/image/source.js'
import { hybridArchive, lopsidedArchive, NAME } from '../fixtures/archives.js'
import { dockerArchive, image } from '../fixtures/image.js'
import { withArchive } from '../fixtures/intake.js'

const ALL = { images: [], platforms: [], stripAttestations: false, stripReferrers: false, listing: undefined }

describe.each(['file', 'pipe', 'directory'])('ingesting by %s', (door) => {
  test('gives the images in the order of the archive, one entry a name', async () => {
    const images = await ingested(
      door,
      dockerArchive(image({ tags: ['a:1', 'b:2'] }), image({ tags: null, files: ['c'] })),
    )
    expect(images.map(({ label, entries, from }) => [label, entries.length, from])).toEqual([
      ['a:1', 2, null],
      [expect.stringMatching(/^sha256:/), 1, null],
    ])
  })

  test('of a hybrid keeps the digests it had', async () => {
    const [stored] = await ingested(door, hybridArchive())
    expect(stored?.from).toBe(stored?.entries[0]?.digest)
    expect(stored?.entries[0]?.annotations?.['io.containerd.image.name']).toBe(NAME)
  })

  test('of a hybrid with more in manifest.json gives both kinds', async () => {
    const images = await ingested(door, lopsidedArchive())
    expect(images.map(({ label, from }) => [label, from === null])).toEqual([
      ['app:v1', false],
      ['more:v2', true],
    ])
  })

  test('stores nothing that was not chosen but what had to pass', async () => {
    const images = await ingested(door, lopsidedArchive(), ['more:v2'])
    expect(images.map(({ label }) => label)).toEqual(['more:v2'])
  })
})

function ingested(door: string, bytes: Buffer, images: string[] = []) {
  return withArchive(
    door,
    bytes,
    async (_, __, layers) => (await ingest(sourceWith(layers), { ...ALL, images })).images,
  )
}
