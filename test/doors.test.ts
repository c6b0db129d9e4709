import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CHUNK } from '../src/bytes/bytes.js'
import { convert } from '../src/convert.js'
import type { LayerChoice } from '../src/spec/compression.js'
import { ARCHIVES, stacked } from './fixtures/archives.js'
import { content, inChunks } from './fixtures/bytes.js'
import { filesBelow, temporaryDirectory } from './fixtures/directory.js'
import { dockerArchive } from './fixtures/image.js'
import { converted, DOORS } from './fixtures/layout.js'
import { tar } from './fixtures/tar.js'

const CHOICES: LayerChoice[] = ['keep', 'uncompressed', 'gzip', 'zstd']

describe.each(Object.entries(ARCHIVES))('an archive with %s', (_, make) => {
  const archive = make()

  test.each(CHOICES)('gives the same layout by every door, layers: %s', async (layers) => {
    const byFile = await converted(archive, { layers })
    expect(byFile.images.length).toBeGreaterThan(0)
    for (const [door, open] of Object.entries(DOORS)) {
      const path = join(await temporaryDirectory(), 'layout')
      const { images, warnings } = await convert(await open(archive), path, { layers })
      expect({ door, files: await filesBelow(path) }).toEqual({ door, files: byFile.files })
      expect({ door, images, warnings }).toEqual({ door, images: byFile.images, warnings: byFile.warnings })
    }
  })

  test.each([1, 511, 512, 513, 65536])('gives the same layout from a pipe in chunks of %i bytes', async (size) => {
    const path = join(await temporaryDirectory(), 'layout')
    await convert(inChunks(archive, size), path)
    expect(await filesBelow(path)).toEqual((await converted(archive)).files)
  })

  test('gives the same layout whatever the number of jobs', async () => {
    const [one, many] = await Promise.all([1, 7].map((jobs) => converted(archive, { layers: 'gzip', jobs })))
    expect(one?.files).toEqual(many?.files)
  })

  test('adds nothing to its layout the second time', async () => {
    const first = await converted(archive)
    expect((await converted(archive, {}, first.path)).files).toEqual(first.files)
  })

  test('gives a layout that gives the same layout again', async () => {
    const first = await converted(archive)
    expect((await converted(first.path)).files).toEqual(first.files)
  })
})

test.each(CHOICES)('a layer of megabytes is the same by file and by pipe, layers: %s', async (layers) => {
  const layer = tar([{ name: 'usr/share/words', content: content(3.5 * CHUNK) }])
  const archive = dockerArchive(stacked([layer]))
  const path = join(await temporaryDirectory(), 'layout')
  await convert(inChunks(archive, 65_536), path, { layers })
  expect(await filesBelow(path)).toEqual((await converted(archive, { layers })).files)
})
