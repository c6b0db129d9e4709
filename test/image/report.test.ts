import { expect, test } from 'vitest'
import { type ImageReport, reportsOf } from '../../src/image/report.js'
import { Budget } from '../../src/spec/budget.js'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_INDEX, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../src/spec/parse.js'
import { GraphWalks } from '../../src/store/walks.js'
import { addPlatforms, NAME, newLayout } from '../fixtures/archives.js'
import { addImage, image, type Layout, nameAnnotations } from '../fixtures/image.js'
import { MemoryLayout } from '../fixtures/memory.js'

test('an image is told with its config, its platform and the size of all its blobs', async () => {
  const layout = newLayout()
  const entry = { ...addImage(layout, image()), annotations: nameAnnotations(NAME) }
  expect(await report(entry, { layout, repository: undefined, from: null })).toEqual({
    reference: NAME,
    digest: entry.digest,
    config: digestOf(image().config),
    platform: 'linux/amd64',
    mediaType: OCI_MANIFEST,
    size: sizeOf(layout),
    from: null,
  })
})

test('an index is told with what it lists', async () => {
  const layout = newLayout()
  const { root, amd64, arm64 } = addPlatforms(layout)
  const told = await report(root, { layout, repository: 'dir', from: root.digest })
  expect(told).toMatchObject({ reference: null, config: null, platform: null, mediaType: OCI_INDEX })
  expect(told).toMatchObject({ from: root.digest, size: sizeOf(layout) })
  expect(told.manifests?.map(({ digest, platform }) => [digest, platform])).toEqual([
    [amd64.digest, 'linux/amd64'],
    [arm64.digest, 'linux/arm64/v8'],
    [expect.any(String), 'unknown/unknown'],
  ])
})

test('what is not there does not count for the size', async () => {
  const layout = newLayout()
  const { root, arm64 } = addPlatforms(layout)
  const whole = sizeOf(layout)
  layout.blobs.delete(arm64.digest)
  const { size } = await report(root, { layout, repository: undefined, from: null })
  expect(size).toBeLessThan(whole - arm64.size)
})

test('a bare tag is one of the directory', async () => {
  const layout = newLayout()
  const annotations = { 'org.opencontainers.image.ref.name': 'v1' }
  const entry = { ...addImage(layout, image()), annotations }
  const { reference } = await report(entry, { layout, repository: 'dir', from: null })
  expect(reference).toBe('docker.io/library/dir:v1')
})

interface Reported {
  layout: Layout
  repository: string | undefined
  from: string | null
}

async function report(entry: Descriptor, { layout, repository, from }: Reported): Promise<ImageReport> {
  const [only] = await reportsOf([{ entry, from }], {
    walks: new GraphWalks(source(layout)),
    repository,
    budget: new Budget(),
  })
  if (only === undefined) throw new Error('there is a report for every entry')
  return only
}

function source({ blobs }: Layout): MemoryLayout {
  const layout = new MemoryLayout()
  for (const [digest, bytes] of blobs) layout.blobs.set(digest, bytes)
  return layout
}

function sizeOf({ blobs }: Layout): number {
  return [...blobs.values()].reduce((total, { length }) => total + length, 0)
}
