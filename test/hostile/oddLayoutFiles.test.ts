import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { collectGarbage } from '../../src/commands/collectGarbage.js'
import { editConfig } from '../../src/commands/editConfig.js'
import { listTags } from '../../src/commands/listTags.js'
import { newImage } from '../../src/commands/newImage.js'
import { removeTag } from '../../src/commands/removeTag.js'
import { stat } from '../../src/commands/stat.js'
import { tagImage } from '../../src/commands/tagImage.js'
import { filesBelow } from '../fixtures/directory.js'
import { freshLayout } from '../fixtures/editing.js'

/** What changes a layout. */
const EDITS: Record<string, (path: string) => Promise<unknown>> = {
  new: (path) => newImage(`${path}:v2`),
  tag: (path) => tagImage(`${path}:v1`, 'v2'),
  config: (path) => editConfig(`${path}:v1`, { author: 'me' }),
  remove: (path) => removeTag(`${path}:v1`),
  gc: (path) => collectGarbage(path, { grace: 0 }),
}

const ALL = { ...EDITS, list: listTags, stat: (path: string) => stat(`${path}:v1`) }

/** Puts something else in the place of a file. */
const TRICKS: Record<string, (file: string) => void> = {
  'a named pipe': (file) => execFileSync('mkfifo', [file]),
  'a directory': (file) => void mkdirSync(file),
  'a link to itself': (file) => symlinkSync(file, file),
  'a link out of the layout': (file) => symlinkSync('/dev/zero', file),
}

describe.each(Object.entries(TRICKS))('%s as index.json', (_, trick) => {
  test.each(Object.entries(ALL))('is not read by %s', async (_, work) => {
    const path = await freshLayout()
    rmSync(join(path, 'index.json'))
    trick(join(path, 'index.json'))
    await expect(work(path)).rejects.toMatchObject({ name: 'ImageError' })
  })
})

describe.each(Object.entries(TRICKS))('%s as the lock', (_, trick) => {
  test.each(Object.entries(EDITS))('is told by %s, which changes nothing', async (_, work) => {
    const path = await freshLayout()
    trick(join(path, '.transload.lock'))
    await expect(work(path)).rejects.toMatchObject({ code: 'UNSAFE' })
    rmSync(join(path, '.transload.lock'), { recursive: true })
    expect(Object.keys(await filesBelow(path))).toHaveLength(4)
    expect(await listTags(path)).toEqual(['v1'])
  })
})

describe.each<[string, (index: string) => void]>([
  ['of 100 MB', (index) => truncateSync(index, 100e6)],
  ['of deep JSON', (index) => writeFileSync(index, `{"manifests":[],"x":${'['.repeat(1e6)}${']'.repeat(1e6)}}`)],
  ['with two lists', (index) => writeFileSync(index, '{"manifests":[],"Manifests":[{}]}')],
  ['with null for an entry', (index) => writeFileSync(index, '{"schemaVersion":2,"manifests":[null]}')],
  ['that is empty', (index) => truncateSync(index, 0)],
])('an index.json %s', (_, spoil) => {
  test.each(Object.entries(ALL))('is refused by %s, and stays', async (_, work) => {
    const path = await freshLayout()
    spoil(join(path, 'index.json'))
    const before = Object.keys(await filesBelow(path))
    await expect(work(path)).rejects.toMatchObject({ name: 'ImageError' })
    expect(Object.keys(await filesBelow(path))).toEqual(before)
  })
})

describe.each(Object.entries(TRICKS))('%s as the manifest', (_, trick) => {
  test.each(Object.entries(ALL).filter(([name]) => ['config', 'stat', 'gc'].includes(name)))(
    'is not read by %s',
    async (_, work) => {
      const path = await freshLayout()
      const { manifest } = await newImage(`${path}:v1`, { created: '2020-01-01T00:00:00Z' })
      const file = join(path, 'blobs', manifest.replace(':', '/'))
      renameSync(file, join(path, 'aside'))
      trick(file)
      await expect(work(path)).rejects.toMatchObject({ name: 'ImageError' })
    },
  )
})

test('ten thousand tags cost each command little more than one', async () => {
  const path = await freshLayout()
  const one = { created: '2020-01-01T00:00:00Z', os: 'linux', architecture: 'amd64' }
  const { digest } = await newImage(`${path}:v1`, one)
  const entryOf = (tag: string) =>
    `{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"${digest}","size":249,"annotations":{"org.opencontainers.image.ref.name":"${tag}"}}`
  const entries = ['v1', ...Array.from({ length: 10_000 }, (_, at) => `t${at}`)].map(entryOf)
  writeFileSync(join(path, 'index.json'), `{"schemaVersion":2,"manifests":[${entries.join(',')}]}`)
  await expect(stat(`${path}:t9999`)).resolves.toBeDefined()
  for (const work of Object.values(EDITS)) await work(path)
  expect(await listTags(path)).toHaveLength(10_001)
})
