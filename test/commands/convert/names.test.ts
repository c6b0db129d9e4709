import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { readIndex } from '../../../src/store/layout/layoutFiles.js'
import { ARCHIVES, addPlatforms, NAME, newLayout } from '../../fixtures/archives.js'
import { temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { addImage, dockerArchive, image, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { converted, namesIn } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

describe('names of an archive', () => {
  test('become full names and tags, one entry each, in their order', async () => {
    const tags = ['app', 'team/app:2', 'index.docker.io/library/app:3', 'localhost:5000/app:4']
    const { index } = await converted(dockerArchive(image({ tags })))
    expect(namesIn(index)).toEqual([
      ['docker.io/library/app:latest', 'latest'],
      ['docker.io/team/app:2', '2'],
      ['docker.io/library/app:3', '3'],
      ['localhost:5000/app:4', '4'],
    ])
  })

  test('that come down to the same are one', async () => {
    const { index } = await converted(dockerArchive(image({ tags: ['app:v1', 'docker.io/library/app:v1'] })))
    expect(index.manifests).toHaveLength(1)
  })

  test('that are illegal are dropped with a warning, and refused when strict', async () => {
    const archive = dockerArchive(image({ tags: ['UPPER:v1', 'app:v1'] }))
    const { index, warnings } = await converted(archive)
    expect(namesIn(index)).toEqual([['docker.io/library/app:v1', 'v1']])
    expect(warnings).toMatchObject([{ code: 'ILLEGAL_NAME' }])
    await expect(converted(archive, { strict: true })).rejects.toMatchObject({ code: 'FORMAT' })
  })

  test('may not stand for two different images', async () => {
    const archive = dockerArchive(image(), image({ files: ['other'] }))
    await expect(converted(archive)).rejects.toMatchObject({ code: 'FORMAT', where: 'app:v1' })
    expect((await converted(archive, { images: ['@1'] })).index.manifests).toHaveLength(1)
  })

  test('may be given to the same image twice', async () => {
    expect((await converted(dockerArchive(image(), image()))).index.manifests).toHaveLength(1)
  })

  test('of manifest.json name images whose index entry has none', async () => {
    const layout = newLayout()
    layout.manifests.push(addImage(layout, image()))
    const [config = ''] = [...layout.blobs.keys()].filter((digest) => layout.blobs.get(digest)?.equals(image().config))
    const Layers = image().layers.map((_, at) => `layer${at}`)
    const table = JSON.stringify([{ Config: `blobs/${config.replace(':', '/')}`, RepoTags: ['app:v1'], Layers }])
    const layers = image().layers.map((content, at) => ({ name: `layer${at}`, content }))
    const archive = tar([...layoutEntries(layout), ...layers, { name: 'manifest.json', content: table }])
    const { index, warnings } = await converted(archive)
    expect(namesIn(index)).toEqual([['docker.io/library/app:v1', 'v1']])
    expect(warnings).toEqual([])
  })

  test('and images that the index lacks are added with a warning', async () => {
    const archive = ARCHIVES['more in manifest.json than in the index']?.() ?? Buffer.alloc(0)
    const { index, warnings } = await converted(archive)
    expect(namesIn(index)).toEqual([
      ['docker.io/library/app:v1', 'v1'],
      ['docker.io/library/more:v2', 'v2'],
    ])
    expect(warnings).toMatchObject([{ code: 'MANIFEST_ONLY', where: 'docker.io/library/more:v2' }])
  })
})

describe('an untagged image', () => {
  test('has neither annotation, and is one entry however often it is added', async () => {
    const first = await converted(dockerArchive(image({ tags: null })))
    const second = await converted(dockerArchive(image({ tags: [] })), {}, first.path)
    expect(second.index.manifests).toHaveLength(1)
    expect(second.index.manifests?.[0]).not.toHaveProperty('annotations')
    expect(second.images).toMatchObject([{ reference: null }])
  })
})

describe('a layout that has images', () => {
  test('gets others beside them', async () => {
    const first = await converted(dockerArchive(image()))
    const { index } = await converted(dockerArchive(image({ tags: ['app:v2'], files: ['two'] })), {}, first.path)
    expect(namesIn(index).map(([name]) => name)).toEqual(['docker.io/library/app:v1', 'docker.io/library/app:v2'])
    expect(index.manifests?.[0]).toEqual(first.index.manifests?.[0])
  })

  test('moves a name to the newcomer and keeps the old blobs', async () => {
    const first = await converted(dockerArchive(image()))
    const second = await converted(dockerArchive(image({ files: ['new'] })), {}, first.path)
    expect(second.index.manifests).toHaveLength(1)
    expect(second.index.manifests?.[0]?.digest).not.toBe(first.index.manifests?.[0]?.digest)
    expect(Object.keys(second.files)).toEqual(expect.arrayContaining(Object.keys(first.files)))
  })

  test('gives a newcomer its familiar name where its tag is taken, with a warning', async () => {
    const first = await converted(dockerArchive(image()))
    const archive = dockerArchive(image({ tags: ['team/other:v1'], files: ['other'] }))
    const { index, warnings } = await converted(archive, {}, first.path)
    expect(namesIn(index)).toEqual([
      ['docker.io/library/app:v1', 'v1'],
      ['docker.io/team/other:v1', 'team/other:v1'],
    ])
    expect(warnings).toMatchObject([{ code: 'REF_NAME_TAKEN', where: 'team/other:v1' }])
  })

  test('may have one tag of two repositories for one image', async () => {
    const { index, warnings } = await converted(dockerArchive(image({ tags: ['app:v1', 'other:v1'] })))
    expect(namesIn(index).map(([, ref]) => ref)).toEqual(['v1', 'v1'])
    expect(warnings).toEqual([])
  })

  test('knows the tags of an entry without full name by the name of its directory', async () => {
    const path = join(await temporaryDirectory(), 'app')
    const layout = newLayout()
    const annotations = { 'org.opencontainers.image.ref.name': 'v1' }
    layout.manifests.push({ ...addImage(layout, image({ files: ['old'] })), annotations })
    await converted(tar(layoutEntries(layout)), {}, path)
    const { index } = await converted(dockerArchive(image()), {}, path)
    expect(namesIn(index)).toEqual([['docker.io/library/app:v1', 'v1']])
  })
})

describe('a new name', () => {
  const archive = dockerArchive(image({ tags: ['team/app:v1', 'app:v1'] }))

  test('replaces all names of the image', async () => {
    const { index } = await converted(archive, { tags: ['other:2', 'registry.example.com/x'] })
    expect(namesIn(index).map(([name]) => name)).toEqual(['docker.io/library/other:2', 'registry.example.com/x:latest'])
  })

  test('comes on top of them', async () => {
    const { index } = await converted(archive, { addTags: ['v9'] })
    const names = ['docker.io/team/app:v1', 'docker.io/library/app:v1', 'docker.io/team/app:v9']
    expect(namesIn(index).map(([name]) => name)).toEqual(names)
  })

  test('that is a bare word keeps the repository', async () => {
    const { index } = await converted(archive, { tags: ['v2'] })
    expect(namesIn(index)).toEqual([['docker.io/team/app:v2', 'v2']])
  })

  test('that is a bare word takes the directory for the repository of an unnamed image', async () => {
    const path = join(await temporaryDirectory(), 'Images')
    const { index } = await converted(dockerArchive(image({ tags: null })), { tags: ['v2'] }, path)
    expect(namesIn(index)).toEqual([['docker.io/library/images:v2', 'v2']])
  })

  test('may follow the path of the destination', async () => {
    const path = join(await temporaryDirectory(), 'layout')
    await convert(await temporaryFile(archive), `oci:${path}:registry.example.com/x:3`)
    expect(namesIn(readIndex(join(path, 'index.json'))).map(([name]) => name)).toEqual(['registry.example.com/x:3'])
  })

  test('keeps the other annotations of an index entry', async () => {
    const layout = newLayout()
    const annotations = { ...nameAnnotations('docker.io/library/app:v1'), 'com.example': 'kept' }
    layout.manifests.push({ ...addImage(layout, image()), annotations })
    const { index } = await converted(tar(layoutEntries(layout)), { tags: ['v2'] })
    expect(index.manifests?.[0]?.annotations).toEqual({
      ...nameAnnotations('docker.io/library/app:v2'),
      'com.example': 'kept',
    })
  })

  test('is given to every platform of a flat index', async () => {
    const layout = newLayout()
    const { amd64, arm64 } = addPlatforms(layout)
    layout.manifests.push(...[amd64, arm64].map((entry) => ({ ...entry, annotations: nameAnnotations(NAME) })))
    const { index } = await converted(tar(layoutEntries(layout)), { tags: ['v2'] })
    const annotations = nameAnnotations('docker.io/library/app:v2')
    expect(index.manifests).toEqual([amd64, arm64].map((entry) => ({ ...entry, annotations })))
  })

  test('is refused for several images, and where it is illegal', async () => {
    const several = dockerArchive(image(), image({ tags: ['b:1'], files: ['b'] }))
    await expect(converted(several, { tags: ['x'] })).rejects.toMatchObject({ code: 'USAGE' })
    await expect(converted(archive, { tags: ['team/UPPER:1'] })).rejects.toMatchObject({ code: 'USAGE' })
    await expect(converted(archive, { addTags: ['a b'] })).rejects.toMatchObject({ code: 'USAGE' })
  })
})
