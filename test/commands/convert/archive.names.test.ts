import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ARCHIVE_FORMATS } from '../../../src/spec/archiveFormat.js'
import { NAME, newLayout } from '../../fixtures/archives.js'
import { inChunks } from '../../fixtures/bytes.js'
import { temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { type Exported, exported, jsonIn } from '../../fixtures/exporting.js'
import { addImage, dockerArchive, image, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { converted } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

const DOCKER_FORMATS = ARCHIVE_FORMATS.filter((format) => format !== 'oci')
const CLASSIC = ['docker-25', 'docker-legacy'] as const
const REF = 'org.opencontainers.image.ref.name'

describe.each(DOCKER_FORMATS)('names in the format %s', (format) => {
  test('that are tags alone get the name of the source’s directory', async () => {
    const layout = newLayout()
    layout.manifests.push({ ...addImage(layout, image()), annotations: { [REF]: 'v1' } })
    const made = await converted(tar(layoutEntries(layout)))
    const path = join(await temporaryDirectory(), 'App')
    await rename(made.path, path)
    const result = await exported(path, { format })
    expect(repoTagsIn(result)).toEqual([['app:v1']])
    expect(result.images).toMatchObject([{ reference: NAME }])
    expect(result.warnings).toEqual([])
  })

  test('that are tags alone get the name of the source’s archive, or of the destination if that is a pipe', async () => {
    const layout = newLayout()
    layout.manifests.push({ ...addImage(layout, image()), annotations: { [REF]: 'v1' } })
    const archive = tar(layoutEntries(layout))
    expect(repoTagsIn(await exported(await temporaryFile(archive, 'Mine.tar'), { format }))).toEqual([['mine:v1']])
    expect(repoTagsIn(await exported(inChunks(archive, 5000), { format }))).toEqual([['out:v1']])
  })

  test('of one image are those of one item, familiar and in their order', async () => {
    const tags = ['z:1', 'docker.io/library/app:v1', 'localhost:5000/x/y:2', 'team/app:v1']
    const result = await exported(dockerArchive(image({ tags })), { format })
    expect(repoTagsIn(result)).toEqual([['z:1', 'app:v1', 'localhost:5000/x/y:2', 'team/app:v1']])
    expect(result.images).toHaveLength(4)
  })

  test('can be replaced, and others can be added', async () => {
    const archive = dockerArchive(image({ tags: ['team/app:v1', 'b:2'] }))
    const tagged = await exported(archive, { format, tags: ['v9'], addTags: ['other'] })
    expect(repoTagsIn(tagged)).toEqual([['team/app:v9', 'team/app:other']])
    const added = await exported(archive, { format, addTags: ['registry.example.com/x'] })
    expect(repoTagsIn(added)).toEqual([['team/app:v1', 'b:2', 'registry.example.com/x:latest']])
  })

  test('are none for an image that has none', async () => {
    const result = await exported(dockerArchive(image({ tags: null }), image({ files: ['b'] })), { format })
    expect(repoTagsIn(result)).toEqual([null, ['app:v1']])
    expect(result.images.map(({ reference }) => reference)).toEqual([null, NAME])
    const untagged = await exported(dockerArchive(image({ tags: null })), { format })
    expect(untagged.entries.has('repositories')).toBe(false)
    if (untagged.entries.has('index.json')) {
      expect(jsonIn(untagged, 'index.json').manifests[0]).not.toHaveProperty('annotations')
    }
  })

  test('that are illegal are dropped with a warning, and refused when strict', async () => {
    const layout = newLayout()
    layout.manifests.push({ ...addImage(layout, image()), annotations: { [REF]: 'Not A Name' } })
    const archive = tar(layoutEntries(layout))
    const result = await exported(archive, { format })
    expect(repoTagsIn(result)).toEqual([null])
    expect(result.warnings).toMatchObject([{ code: 'ILLEGAL_NAME', where: 'Not A Name' }])
    await expect(exported(archive, { format, strict: true })).rejects.toMatchObject({ code: 'FORMAT' })
  })

  test('may not stand for two images, also if only the source’s name makes them the same', async () => {
    const layout = newLayout()
    layout.manifests.push({ ...addImage(layout, image()), annotations: nameAnnotations(NAME) })
    layout.manifests.push({ ...addImage(layout, image({ files: ['b'] })), annotations: { [REF]: 'v1' } })
    const path = await temporaryFile(tar(layoutEntries(layout)), 'app.tar')
    await expect(exported(path, { format })).rejects.toMatchObject({ code: 'FORMAT', where: 'app:v1' })
    const twice = dockerArchive(image(), image({ files: ['b'] }))
    await expect(exported(twice, { format })).rejects.toMatchObject({ code: 'FORMAT', where: 'app:v1' })
    expect(repoTagsIn(await exported(twice, { format, images: ['@1'] }))).toEqual([['app:v1']])
  })

  test('may have one tag in several repositories', async () => {
    const archive = dockerArchive(image(), image({ tags: ['other:v1'], files: ['b'] }))
    const result = await exported(archive, { format })
    expect(repoTagsIn(result)).toEqual([['app:v1'], ['other:v1']])
    expect(result.warnings).toEqual([])
  })
})

test('names in a plain layout are as in a layout directory', async () => {
  const archive = dockerArchive(image(), image({ tags: ['other:v1'], files: ['b'] }))
  const result = await exported(archive, { format: 'oci' })
  expect(jsonIn(result, 'index.json')).toEqual((await converted(archive)).index)
  expect(result.warnings).toMatchObject([{ code: 'REF_NAME_TAKEN' }])
})

describe('several manifests of one config', () => {
  const layout = newLayout()
  layout.manifests.push(
    { ...addImage(layout, image(), 'gzip'), annotations: nameAnnotations(NAME) },
    { ...addImage(layout, image(), 'none'), annotations: nameAnnotations('docker.io/library/app:plain') },
  )
  const archive = tar(layoutEntries(layout))

  test.each(CLASSIC)('are one image in %s', async (format) => {
    const result = await exported(archive, { format })
    expect(repoTagsIn(result)).toEqual([['app:v1', 'app:plain']])
    expect(new Set(result.images.map(({ digest }) => digest)).size).toBe(1)
    expect(result.images.map(({ from }) => from)).toEqual(layout.manifests.map(({ digest }) => digest))
  })

  test('are two in docker', async () => {
    expect(repoTagsIn(await exported(archive))).toEqual([['app:v1'], ['app:plain']])
  })
})

function repoTagsIn(result: Exported): (string[] | null)[] {
  return jsonIn(result, 'manifest.json').map((item: { RepoTags: string[] | null }) => item.RepoTags)
}
