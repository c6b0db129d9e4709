import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { collectGarbage } from '../../../src/commands/collectGarbage.js'
import { editConfig } from '../../../src/commands/editConfig.js'
import { removeTag } from '../../../src/commands/removeTag.js'
import { digestOf, hexOf } from '../../../src/spec/digest.js'
import type { Descriptor } from '../../../src/spec/parse.js'
import { filesBelow } from '../../fixtures/directory.js'
import { addDocuments, freshLayout, indexText, layoutWith, tagged } from '../../fixtures/editing.js'
import { addBlob, addImage, addIndex, image, type Layout } from '../../fixtures/image.js'

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

test('what an edit left behind goes at once; what is named stays', async () => {
  const path = await freshLayout('v1')
  const { config, manifest } = await editConfig(path, { user: 'me' })
  const { removed, bytes } = await collectGarbage(path)
  expect(removed).toHaveLength(2)
  expect(bytes).toBe(135 + 249)
  expect(Object.keys(await filesBelow(join(path, 'blobs')))).toEqual(
    [config, manifest].map((digest) => digest.replace(':', '/')).sort(),
  )
  await removeTag(`${path}:v1`)
  expect((await collectGarbage(path)).removed).toEqual([config, manifest].sort())
})

test('everything that the index reaches stays: indexes, subjects, unknown types, embedded documents', async () => {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  const about = (subject: Descriptor) => addDocuments(layout, '{}', `,"subject":${JSON.stringify(subject)}`)
  const image1 = addImage(layout, image())
  const subject = addDocuments(layout, '{"os":"a"}')
  const leaf = addBlob(layout, Buffer.from('leaf'), 'application/octet-stream')
  const inner = addBlob(layout, Buffer.from(JSON.stringify({ x: [{ y: leaf }] })), 'x/unknown+json')
  const unknown = addBlob(layout, Buffer.from(JSON.stringify({ blobs: [inner] })), 'x/artifact+json')
  layout.manifests.push(addIndex(layout, [image1]), about(subject), unknown)
  const kept = [...layout.blobs.keys()]
  const garbage = addBlob(layout, Buffer.from('garbage'), MANIFEST)
  const path = await layoutWith(layout)
  expect((await collectGarbage(path, { grace: 0 })).removed).toEqual([garbage.digest])
  expect(kept.filter((digest) => !existsSync(join(path, 'blobs', digest.replace(':', '/'))))).toEqual([])
})

test('documents and blobs with sha512 are followed and stay; those that nothing names go', async () => {
  const path = await freshLayout()
  await mkdir(join(path, 'blobs/sha512'))
  const put = async (text: string) => {
    const digest = digestOf(Buffer.from(text), 'sha512')
    await writeFile(join(path, 'blobs/sha512', hexOf(digest)), text)
    return { digest, size: text.length }
  }
  const config = await put('{}')
  const type = 'application/vnd.oci.image.config.v1+json'
  const manifest = await put(`{"config":${JSON.stringify({ mediaType: type, ...config })},"layers":[]}`)
  const entry = JSON.stringify({ mediaType: MANIFEST, ...manifest })
  await writeFile(join(path, 'index.json'), indexText(path).replace('"manifests":[', `"manifests":[${entry},`))
  const garbage = await put('garbage')
  expect((await collectGarbage(path, { grace: 0 })).removed).toEqual([garbage.digest])
})

test('a blob that is newer than the index is kept for a while', async () => {
  const path = await freshLayout()
  const blob = join(path, 'blobs/sha256', hexOf(digestOf(Buffer.from('new'))))
  await writeFile(blob, 'new')
  const soon = new Date(Date.now() + 5000)
  await utimes(blob, soon, soon)
  expect((await collectGarbage(path)).removed).toEqual([])
  const longAgo = new Date(Date.now() - 3_700_000)
  await utimes(blob, longAgo, longAgo)
  expect((await collectGarbage(path)).removed).toHaveLength(1)
})

test('grace 0 keeps nothing; a grace that is no number is refused', async () => {
  const path = await freshLayout()
  await writeFile(join(path, 'blobs/sha256', hexOf(digestOf(Buffer.from('new')))), 'new')
  expect((await collectGarbage(path, { grace: 0 })).removed).toHaveLength(1)
  await expect(collectGarbage(path, { grace: -1 })).rejects.toMatchObject({ code: 'USAGE' })
})

test('other files, directories and links stay', async () => {
  const path = await freshLayout()
  const blobs = join(path, 'blobs/sha256')
  const name = (text: string) => hexOf(digestOf(Buffer.from(text)))
  await writeFile(join(blobs, 'README'), 'mine')
  await writeFile(join(blobs, name('upper').toUpperCase()), 'mine')
  await mkdir(join(blobs, name('directory')))
  await symlink('README', join(blobs, name('link')))
  await mkdir(join(path, 'blobs/md5'))
  await writeFile(join(path, 'blobs/md5', name('x')), 'mine')
  await writeFile(join(path, 'mine'), 'mine')
  const before = await filesBelow(path)
  expect(await collectGarbage(path, { grace: 0 })).toEqual({ removed: [], bytes: 0 })
  expect(await filesBelow(path)).toEqual(before)
})

test.each<[string, (path: string, manifest: string) => Promise<void>, string]>([
  ['a damaged manifest', (path, manifest) => writeFile(join(path, manifest), '{}'), 'INTEGRITY'],
  ['a missing index', (path) => rm(join(path, 'index.json')), 'NOT_FOUND'],
  ['a broken index', (path) => writeFile(join(path, 'index.json'), '{"manifests":[{}]}'), 'FORMAT'],
])('%s: nothing is removed', async (_, spoil, code) => {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  const manifest = tagged(addDocuments(layout, '{}'), 'v1')
  layout.manifests.push(manifest)
  addBlob(layout, Buffer.from('garbage'), MANIFEST)
  const path = await layoutWith(layout)
  await spoil(path, join('blobs', manifest.digest.replace(':', '/')))
  const before = await filesBelow(path)
  await expect(collectGarbage(path, { grace: 0 })).rejects.toMatchObject({ code })
  expect(await filesBelow(path)).toEqual(before)
})

test('a missing manifest is no obstacle: a sparse index stays', async () => {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  const [one, two] = [addDocuments(layout, '{"os":"a"}'), addDocuments(layout, '{"os":"b"}')]
  layout.manifests.push(addIndex(layout, [one, two]))
  layout.blobs.delete(two.digest)
  const path = await layoutWith(layout)
  // The config of the manifest that is not there.
  expect((await collectGarbage(path, { grace: 0 })).removed).toHaveLength(1)
})

test('what another tool names meanwhile stays', async () => {
  const path = await freshLayout()
  const garbage = Array.from({ length: 5000 }, (_, at) => Buffer.from(`garbage ${at}`))
  const digests = garbage.map((bytes) => digestOf(bytes))
  for (const bytes of garbage) writeFileSync(join(path, 'blobs/sha256', hexOf(digestOf(bytes))), bytes)
  const last = digests.toSorted().at(-1)
  const entry = `{"mediaType":"x/y","digest":"${last}","size":12},`
  let isNamed = false
  // Long work looks at the signal every now and then.
  const signal = Object.assign(new AbortController().signal, {
    throwIfAborted: () => {
      if (isNamed || !existsSync(join(path, '.transload.lock'))) return
      isNamed = true
      writeFileSync(join(path, 'other'), indexText(path).replace('"manifests":[', `"manifests":[${entry}`))
      renameSync(join(path, 'other'), join(path, 'index.json'))
    },
  })
  const { removed } = await collectGarbage(path, { grace: 0, signal })
  expect(isNamed).toBe(true)
  expect(removed.toSorted()).toEqual(digests.filter((digest) => digest !== last).sort())
})
