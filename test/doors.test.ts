import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { CHUNK } from '../src/bytes/bytes.js'
import { convert } from '../src/commands/convert.js'
import type { LayerChoice } from '../src/spec/compression.js'
import type { Descriptor } from '../src/spec/parse.js'
import { ARCHIVES, addPlatforms, NAME, newLayout, stacked } from './fixtures/archives.js'
import { content, inChunks } from './fixtures/bytes.js'
import { filesBelow, temporaryDirectory, temporaryFile } from './fixtures/directory.js'
import { addImage, addIndex, dockerArchive, image, layoutEntries, nameAnnotations } from './fixtures/image.js'
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

describe('two platforms of three', () => {
  const layout = newLayout()
  const { amd64, arm64 } = addPlatforms(layout)
  const s390x = image({ files: ['s390x'], config: { architecture: 's390x' } })
  const third = { ...addImage(layout, s390x), platform: { architecture: 's390x', os: 'linux' } }
  layout.manifests.push({ ...addIndex(layout, [amd64, arm64, third]), annotations: nameAnnotations(NAME) })
  const archive = tar(layoutEntries(layout))
  const platforms = ['linux/amd64', 'linux/s390x']
  const doors = { ...DOORS, 'compressed file': (bytes: Buffer) => temporaryFile(gzipSync(bytes)) }

  test.each([
    ['', 'layout'],
    ['', 'docker.tar'],
    ['oci-archive:', 'oci.tar'],
  ])('are copied alone by every door, to %s%s', async (prefix, name) => {
    const results: { files: Record<string, string>; images: unknown; warnings: unknown }[] = []
    for (const open of Object.values(doors)) {
      const path = join(await temporaryDirectory(), name)
      const { images, warnings } = await convert(await open(archive), `${prefix}${path}`, { platforms })
      results.push({ files: (await converted(path)).files, images, warnings })
    }
    expect(results).toEqual(results.map(() => results[0]))
    expect(Object.keys(results[0]?.files ?? {})).not.toContain(pathOf(arm64))
    expect(Object.keys(results[0]?.files ?? {})).toContain(pathOf(third))
  })

  function pathOf({ digest }: Descriptor): string {
    return `blobs/${digest.replace(':', '/')}`
  }
})
