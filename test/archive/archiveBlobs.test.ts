import { describe, expect, test } from 'vitest'
import { archiveBlobs } from '../../src/archive/archiveBlobs.js'
import { digestOf } from '../../src/spec/digest.js'
import { newLayout } from '../fixtures/archives.js'
import { collect } from '../fixtures/bytes.js'
import { addImage, dockerArchive, image, layoutEntries } from '../fixtures/image.js'
import { withArchive } from '../fixtures/intake.js'
import { tar } from '../fixtures/tar.js'

describe.each(['file', 'pipe', 'directory'])('the layout in an archive by %s', (door) => {
  test('has its index and its blobs, byte for byte', async () => {
    const layout = newLayout()
    layout.manifests.push(addImage(layout, image()))
    await withArchive(door, tar(layoutEntries(layout)), async (archive) => {
      const source = archiveBlobs(archive)
      expect((await source.index()).manifests).toEqual(layout.manifests)
      for (const bytes of layout.blobs.values()) {
        const claim = { digest: digestOf(bytes), size: bytes.length }
        expect(await source.has(claim)).toBe(true)
        expect((await collect(source.open(claim))).equals(bytes)).toBe(true)
      }
      expect(await source.has({ digest: digestOf(Buffer.from('other')), size: 5 })).toBe(false)
    })
  })

  test('is missed where there is none', async () => {
    await withArchive(door, dockerArchive(image()), async (archive) => {
      await expect(archiveBlobs(archive).index()).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })
  })
})
