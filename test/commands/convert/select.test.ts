import { describe, expect, test } from 'vitest'
import { digestOf, hexOf } from '../../../src/spec/digest.js'
import { addPlatforms, lopsidedArchive, NAME, newLayout } from '../../fixtures/archives.js'
import { temporaryFile } from '../../fixtures/directory.js'
import { addImage, addIndex, dockerArchive, image, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { blobOf, converted, namesIn } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

const other = image({ tags: ['team/other:v2', 'team/other:latest'], files: ['other'] })
const unnamed = image({ tags: null, files: ['unnamed'] })
const archive = dockerArchive(image(), other, unnamed)

describe('one image of several', () => {
  test.each([
    ['tag', 'v2', ['docker.io/team/other:v2']],
    ['name', 'team/other:v2', ['docker.io/team/other:v2']],
    ['full name', 'docker.io/team/other:v2', ['docker.io/team/other:v2']],
    ['name without tag', 'team/other', ['docker.io/team/other:latest']],
    ['position', '@1', ['docker.io/team/other:v2', 'docker.io/team/other:latest']],
    ['config digest', digestOf(other.config), ['docker.io/team/other:v2', 'docker.io/team/other:latest']],
    ['image ID', hexOf(digestOf(other.config)), ['docker.io/team/other:v2', 'docker.io/team/other:latest']],
    ['config digest without name', digestOf(unnamed.config), [undefined]],
    ['position without name', '@2', [undefined]],
  ])('is taken by its %s', async (_, selector, names) => {
    const { index, files } = await converted(archive, { images: [selector] })
    expect(namesIn(index).map(([name]) => name)).toEqual(names)
    const made = selector === '@2' || names[0] === undefined ? unnamed : other
    expect(Object.keys(files).filter((path) => path.startsWith('blobs/'))).toHaveLength(made.layers.length + 2)
  })

  test('is taken by the selector of its place', async () => {
    const { index } = await converted(`docker-archive:${await temporaryFile(archive)}:@0`)
    expect(namesIn(index)).toEqual([[NAME, 'v1']])
  })

  test('is taken by the digest of the manifest that only the result has', async () => {
    const whole = await converted(archive)
    const digest = whole.index.manifests?.[1]?.digest ?? ''
    const { index, files } = await converted(archive, { images: [digest] })
    expect(index.manifests).toEqual(whole.index.manifests?.slice(1, 3))
    expect(Object.keys(files)).toHaveLength(5)
  })

  test('that only manifest.json of a hybrid has is taken by its manifest digest', async () => {
    const [, entry] = (await converted(lopsidedArchive())).index.manifests ?? []
    const { index } = await converted(lopsidedArchive(), { images: [entry?.digest ?? ''] })
    expect(index.manifests).toEqual([entry])
  })

  test('of a layout is taken by its manifest digest', async () => {
    const layout = newLayout()
    layout.manifests.push(addImage(layout, image()), addImage(layout, other))
    const [, entry] = layout.manifests
    const { index } = await converted(tar(layoutEntries(layout)), { images: [entry?.digest ?? ''] })
    expect(index.manifests).toEqual([entry])
  })
})

test('several images are taken in the order of the archive', async () => {
  const { index } = await converted(archive, { images: ['@2', 'app:v1'] })
  expect(namesIn(index).map(([name]) => name)).toEqual([NAME, undefined])
})

test('a selector that nothing fits lists what there is', async () => {
  for (const selector of ['nothing', '@3', digestOf(Buffer.from('nothing'))]) {
    await expect(converted(archive, { images: [selector] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      where: selector,
      hint: `there is app:v1, team/other:v2, team/other:latest, ${digestOf(unnamed.config)}`,
    })
  }
})

test('a tag of two images is ambiguous, and the error lists them', async () => {
  const two = dockerArchive(image(), image({ tags: ['other:v1'], files: ['other'] }))
  await expect(converted(two, { images: ['v1'] })).rejects.toMatchObject({
    code: 'FORMAT',
    where: 'v1',
    hint: 'it may be app:v1, other:v1',
  })
  expect(namesIn((await converted(two, { images: ['app:v1'] })).index)).toHaveLength(1)
})

describe('platforms', () => {
  const layout = newLayout()
  const { root, amd64, arm64 } = addPlatforms(layout)
  layout.manifests.push({ ...root, annotations: nameAnnotations(NAME) })
  const multi = tar(layoutEntries(layout))

  test('one: the entry points at its manifest, and only that is there', async () => {
    const { index, files, images } = await converted(multi, { platforms: ['linux/arm64'] })
    expect(index.manifests).toEqual([{ ...arm64, annotations: nameAnnotations(NAME) }])
    expect(Object.keys(files)).toHaveLength(5)
    expect(images).toMatchObject([{ platform: 'linux/arm64/v8', from: arm64.digest }])
  })

  test('several: the index keeps its bytes, and only those are there', async () => {
    const arm = addImage(layout, image({ files: ['v6'], config: { architecture: 'arm', variant: 'v6' } }))
    const v6 = { ...arm, platform: { architecture: 'arm', os: 'linux', variant: 'v6' } }
    const wide = addIndex(layout, [amd64, arm64, v6])
    const archive = tar(layoutEntries({ ...layout, manifests: [wide] }))
    const { index, files } = await converted(archive, { platforms: ['linux/arm64', 'linux/arm/v6'] })
    expect(index.manifests).toEqual([wide])
    expect(blobOf(files, wide.digest)).toEqual(layout.blobs.get(wide.digest))
    expect(blobOf(files, arm64.digest).length).toBe(arm64.size)
    expect(blobOf(files, v6.digest).length).toBe(v6.size)
    expect(blobOf(files, amd64.digest).length).toBe(0)
  })

  test('none there: the error lists those that are', async () => {
    await expect(converted(multi, { platforms: ['windows/amd64'] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      where: 'app:v1',
      expected: 'windows/amd64',
      found: 'linux/amd64, linux/arm64/v8',
    })
  })

  test('of an image of one platform have to fit it', async () => {
    expect((await converted(dockerArchive(image()), { platforms: ['linux/amd64'] })).images).toHaveLength(1)
    const refused = converted(dockerArchive(image()), { platforms: ['linux/arm64'] })
    await expect(refused).rejects.toMatchObject({ code: 'NOT_FOUND', found: 'linux/amd64' })
  })

  test('of entries of one name in a flat index are chosen among them', async () => {
    const flat = {
      ...layout,
      manifests: [amd64, arm64].map((entry) => ({ ...entry, annotations: nameAnnotations(NAME) })),
    }
    const { index } = await converted(tar(layoutEntries(flat)), { platforms: ['linux/arm64'] })
    expect(index.manifests).toEqual([flat.manifests[1]])
    expect((await converted(tar(layoutEntries(flat)))).index.manifests).toEqual(flat.manifests)
  })

  test('that are none are a mistake of usage', async () => {
    await expect(converted(multi, { platforms: ['linux'] })).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('a manifest of the index is taken by its digest', async () => {
    const { index } = await converted(multi, { images: [amd64.digest] })
    expect(index.manifests).toEqual([{ ...amd64, annotations: nameAnnotations(NAME) }])
  })
})
