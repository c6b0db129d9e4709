import { describe, expect, test } from 'vitest'
import { namesOf } from '../../src/image/listed.js'
import { assertNamesDiffer } from '../../src/image/sharedNames.js'
import { NAME, newLayout } from '../fixtures/archives.js'
import { withCandidates } from '../fixtures/candidates.js'
import { addImage, dockerArchive, dockerEntries, image, layoutEntries, nameAnnotations } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

test.each([
  ['x86_64', undefined],
  ['amd64', 'v1'],
  ['arm64, which the config is not', undefined],
])('one name for two images of one platform is refused, spelled %s %s', async (architecture, variant) => {
  const layout = newLayout()
  const platforms = [
    { architecture: 'amd64', os: 'linux' },
    { architecture: architecture.replace(/,.*/, ''), os: 'linux', ...(variant && { variant }) },
  ]
  for (const [at, platform] of platforms.entries()) {
    const entry = addImage(layout, image({ files: [`${at}`] }))
    layout.manifests.push({ ...entry, platform, annotations: nameAnnotations(NAME) })
  }
  await withCandidates(tar(layoutEntries(layout)), async (candidates, source) => {
    await expect(assertNamesDiffer(candidates, source)).rejects.toMatchObject({ code: 'FORMAT' })
  })
})

test('one name for images of several platforms is one image', async () => {
  const layout = newLayout()
  for (const architecture of ['amd64', 'arm64']) {
    const entry = addImage(layout, image({ config: { architecture } }))
    layout.manifests.push({ ...entry, platform: { architecture, os: 'linux' }, annotations: nameAnnotations(NAME) })
  }
  await withCandidates(tar(layoutEntries(layout)), async (candidates, source) => {
    expect(candidates.map(namesOf)).toEqual([[NAME], [NAME]])
    await assertNamesDiffer(candidates, source)
  })
})

test.each([
  ['that spells the platform otherwise', { architecture: 'aarch64' }],
  ['that cannot be read', { architecture: 7 }],
])('one name for several platforms is one image also with a config %s', async (_, config) => {
  const layout = newLayout()
  const images = [image({ config: { architecture: 'amd64' } }), image({ config: config })]
  for (const [at, architecture] of ['amd64', 'arm64'].entries()) {
    const entry = addImage(layout, images[at] ?? image())
    layout.manifests.push({ ...entry, platform: { architecture, os: 'linux' }, annotations: nameAnnotations(NAME) })
  }
  await withCandidates(tar(layoutEntries(layout)), async (candidates, source) => {
    await assertNamesDiffer(candidates, source)
  })
})

describe('candidates', () => {
  test('of one name have to be one image', async () => {
    await withCandidates(dockerArchive(image(), image({ files: ['b'] })), async (candidates, source) => {
      await expect(assertNamesDiffer(candidates, source)).rejects.toMatchObject({ code: 'FORMAT', where: 'app:v1' })
      await assertNamesDiffer(candidates.slice(1), source)
    })
  })

  test('of one name are one image also where the index says a platform and manifest.json none', async () => {
    const layout = newLayout()
    const platform = { os: 'linux', architecture: 'amd64' }
    layout.manifests.push({ ...addImage(layout, image()), platform, annotations: nameAnnotations(NAME) })
    const archive = tar([...layoutEntries(layout), ...dockerEntries([image({ files: ['other'] })])])
    await withCandidates(archive, async (candidates, source) => {
      expect(candidates.map(namesOf)).toEqual([[NAME], [NAME]])
      await expect(assertNamesDiffer(candidates, source)).rejects.toMatchObject({ code: 'FORMAT', where: 'app:v1' })
    })
  })
})
