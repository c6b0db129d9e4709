import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { contextOf } from '../../src/bytes/context.js'
import { digestOf } from '../../src/spec/digest.js'
import type { Descriptor, Index } from '../../src/spec/parse.js'
import type { Warning } from '../../src/spec/warnings.js'
import { readIndex } from '../../src/store/layout/layoutFiles.js'
import { putDocument } from '../../src/store/putContent.js'
import type { Arrival } from '../../src/transport/destination.js'
import { openLayoutDestination } from '../../src/transport/layoutDestination.js'
import { NAME, newLayout } from '../fixtures/archives.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { addImage, image, nameAnnotations } from '../fixtures/image.js'

const layout = newLayout()
const entry = { ...addImage(layout, image()), annotations: nameAnnotations(NAME) }
const shell: Index = { schemaVersion: 2, annotations: { mine: 'yes' }, manifests: [] }

test('images are there after the finish, and reported', async () => {
  const path = join(await temporaryDirectory(), 'layout')
  const { reports, bytesWritten } = await written(path, [entry])
  expect(readIndex(join(path, 'index.json')).manifests).toEqual([entry])
  expect(reports).toMatchObject([{ reference: NAME, digest: entry.digest, from: 'before', platform: 'linux/amd64' }])
  expect(bytesWritten).toBe([...layout.blobs.values()].reduce((total, { length }) => total + length, 0))
})

test('a tag alone is one of the directory', async () => {
  const path = join(await temporaryDirectory(), 'Layout')
  const annotations = { 'org.opencontainers.image.ref.name': 'v1' }
  const { reports, repository } = await written(path, [{ ...entry, annotations }])
  expect(repository).toBe('layout')
  expect(reports).toMatchObject([{ reference: 'docker.io/library/layout:v1' }])
})

test('a new layout takes over what the source’s index says; one that has images does not', async () => {
  const path = join(await temporaryDirectory(), 'layout')
  await written(path, [entry], { shell })
  expect(readIndex(join(path, 'index.json'))).toMatchObject({ annotations: { mine: 'yes' } })
  const more = { ...entry, annotations: nameAnnotations('docker.io/library/more:2') }
  await written(path, [more], { shell: { ...shell, annotations: { mine: 'no' } } })
  expect(readIndex(join(path, 'index.json'))).toMatchObject({ annotations: { mine: 'yes' }, manifests: [entry, more] })
})

test('a tag that another image has is told of', async () => {
  const path = join(await temporaryDirectory(), 'layout')
  const other = { ...addImage(layout, image({ files: ['other'] })), annotations: nameAnnotations('docker.io/x/y:v1') }
  const { warnings } = await written(path, [entry, other])
  expect(warnings).toMatchObject([{ code: 'REF_NAME_TAKEN', where: 'x/y:v1' }])
})

test('nothing is left without a finish, or after one that fails', async () => {
  const root = await temporaryDirectory()
  {
    await using destination = await openLayoutDestination(join(root, 'layout'), { context: contextOf({}) })
    await putDocument(destination.pool, image().config, { digest: digestOf(image().config), size: 1 }).catch(() => {})
  }
  expect(await readdir(root)).toEqual([])
  const missing = { ...entry, digest: digestOf(Buffer.from('missing')) }
  await expect(written(join(root, 'layout'), [missing])).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await readdir(root)).toEqual([])
})

test('an abortion is in time until the commit', async () => {
  const root = await temporaryDirectory()
  const controller = new AbortController()
  const context = contextOf({})
  {
    const path = join(root, 'layout')
    await using destination = await openLayoutDestination(path, { context, signal: controller.signal })
    for (const bytes of layout.blobs.values()) {
      await putDocument(destination.pool, bytes, { digest: digestOf(bytes), size: bytes.length })
    }
    controller.abort(new Error('stop'))
    const arrival = {
      entries: [{ entry, from: null }],
      isRenamed: false,
      leftOut: new Set<string>(),
      shell: undefined,
    }
    await expect(destination.finish(arrival)).rejects.toThrow(/^stop$/)
  }
  expect(await readdir(root)).toEqual([])
})

async function written(path: string, entries: readonly Descriptor[], arrival: Partial<Arrival> = {}) {
  const warnings: Warning[] = []
  const context = contextOf({ onWarning: (warning) => warnings.push(warning) })
  await using destination = await openLayoutDestination(path, { context })
  for (const bytes of layout.blobs.values()) {
    await putDocument(destination.pool, bytes, { digest: digestOf(bytes), size: bytes.length })
  }
  const reports = await destination.finish({
    entries: entries.map((one) => ({ entry: one, from: 'before' })),
    isRenamed: false,
    leftOut: new Set<string>(),
    shell: undefined,
    ...arrival,
  })
  return { reports, warnings, repository: destination.repository, bytesWritten: destination.bytesWritten }
}
