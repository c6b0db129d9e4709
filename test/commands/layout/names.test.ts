import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { editConfig } from '../../../src/commands/editConfig.js'
import { initLayout } from '../../../src/commands/init.js'
import { listTags } from '../../../src/commands/listTags.js'
import { newImage } from '../../../src/commands/newImage.js'
import { removeTag } from '../../../src/commands/removeTag.js'
import { tagImage } from '../../../src/commands/tagImage.js'
import { filesBelow, temporaryDirectory } from '../../fixtures/directory.js'
import { addDocuments, freshLayout, indexText, layoutWith, MOMENT, tagged } from '../../fixtures/editing.js'
import { addIndex, type Layout } from '../../fixtures/image.js'

test('a new layout has what umoci gives it, and its parents are made', async () => {
  const path = join(await temporaryDirectory(), 'deep', 'layout')
  await initLayout(path)
  expect(await filesBelow(path)).toEqual({
    'index.json': '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}\n',
    'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
  })
  expect(await listTags(path)).toEqual([])
})

test('a path that exists is not made a layout', async () => {
  const path = await temporaryDirectory()
  await expect(initLayout(path)).rejects.toMatchObject({ code: 'EXISTS' })
  expect(await filesBelow(path)).toEqual({})
})

test('of two that make one layout at once, one is told so', async () => {
  const path = join(await temporaryDirectory(), 'layout')
  const made = await Promise.allSettled([initLayout(path), initLayout(path), initLayout(path)])
  expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
})

test('a new image has umoci’s very bytes', async () => {
  const path = join(await temporaryDirectory(), 'layout')
  await initLayout(path)
  const edited = await newImage(path, { created: MOMENT, os: 'linux', architecture: 'amd64' })
  expect(edited.config).toBe('sha256:e5101a46118c740a7709af8eaeec19cbc50a567f4fe7741f8420af39a3779a77')
  expect(edited.manifest).toBe('sha256:98a4b5d5fe4ea076a0a9059075dad54741e055fd0fa016903a8e2b858dcbad80')
  expect(await listTags(path)).toEqual(['latest'])
})

test('a layout has to exist', async () => {
  const path = await temporaryDirectory()
  for (const place of [path, join(path, 'missing')]) {
    await expect(newImage(`${place}:v1`)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(listTags(place)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  }
  const archive = join(path, 'app.tar')
  await writeFile(archive, '')
  await expect(editConfig(`${archive}:v1`, {})).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  await expect(editConfig(`oci-archive:${archive}`, {})).rejects.toMatchObject({ code: 'UNSUPPORTED' })
})

test('a tag of an index stays one, and other annotations stay', async () => {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  const index = addIndex(layout, [addDocuments(layout, '{}'), addDocuments(layout, '{"os":"linux"}')])
  layout.manifests.push(tagged({ ...index, annotations: { mine: 'yes' } }, 'v1'))
  const path = await layoutWith(layout)
  expect(await tagImage(`${path}:v1`, 'v2')).toEqual({ digest: index.digest })
  expect(indexText(path)).toContain(
    `${JSON.stringify(index).slice(0, -1)},"annotations":{"mine":"yes","org.opencontainers.image.ref.name":"v2"}}]`,
  )
})

test('a tag that is there moves, and that of the image itself stays', async () => {
  const path = await freshLayout('v1')
  await newImage(`${path}:v2`)
  await tagImage(`${path}:v1`, 'v2')
  expect(await listTags(path)).toEqual(['v1', 'v2'])
  await tagImage(`${path}:v1`, 'v1')
  expect(await listTags(path)).toEqual(['v2', 'v1'])
})

test('an image is removed by its tag, digest or place; one that is not there is no error', async () => {
  const path = await freshLayout('v1')
  const { digest } = await tagImage(`${path}:v1`, 'v2')
  expect(await removeTag(`${path}:v1`)).toEqual({ removed: [digest] })
  const before = indexText(path)
  expect(await removeTag(`${path}:v1`)).toEqual({ removed: [] })
  expect(indexText(path)).toBe(before)
  await expect(removeTag(path)).rejects.toMatchObject({ code: 'USAGE' })
  expect(await removeTag(`oci:${path}:${digest}`)).toEqual({ removed: [digest] })
  expect(await listTags(path)).toEqual([])
})

test('without a tag it is the only image, or the latest; else all are listed', async () => {
  const path = await freshLayout('v1')
  expect((await tagImage(path, 'v2')).digest).toMatch(/^sha256:/)
  await expect(tagImage(path, 'v3')).rejects.toMatchObject({ code: 'FORMAT', hint: 'it may be v1, v2' })
  await newImage(path)
  expect(await tagImage(path, 'v3')).toEqual(await tagImage(`${path}:latest`, 'v4'))
  await expect(tagImage(`${path}:no`, 'v5')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('one tag of two images is ambiguous, unless they are for two platforms', async () => {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  for (const architecture of ['arm64', 'amd64']) {
    const image = addDocuments(layout, `{"os":"linux","architecture":"${architecture}"}`)
    layout.manifests.push(tagged({ ...image, platform: { os: 'linux', architecture } }, 'v1'))
  }
  const path = await layoutWith(layout)
  await editConfig(`${path}:v1`, { platform: 'linux/arm64', user: 'me' })
  expect(await listTags(path)).toEqual(['v1', 'v1'])
  const twice: Layout = { blobs: new Map(), manifests: [] }
  for (const user of ['a', 'b']) {
    const config = `{"os":"linux","architecture":"amd64","config":{"User":"${user}"}}`
    twice.manifests.push(tagged(addDocuments(twice, config), 'v1'))
  }
  const other = await layoutWith(twice)
  await expect(editConfig(`${other}:v1`, { platform: 'linux/amd64' })).rejects.toThrow('more than one image matches')
})

test('a directory that is no layout is not made one', async () => {
  const path = await temporaryDirectory()
  await mkdir(join(path, 'sub'))
  await expect(tagImage(`${path}:v1`, 'v2')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await filesBelow(path)).toEqual({})
})
