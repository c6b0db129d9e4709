import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { exportRootfs } from '../../src/commands/exportRootfs.js'
import { flatten, squash } from '../../src/commands/squash.js'
import { unpackRootfs } from '../../src/commands/unpackRootfs.js'
import { imageIn } from '../fixtures/bundle.js'
import { transload } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image, imageWith } from '../fixtures/image.js'
import { converted } from '../fixtures/layout.js'
import { factsOf } from '../fixtures/merged.js'
import { type EntrySpec, pax } from '../fixtures/tar.js'

const LAYERS: EntrySpec[][] = [
  [
    { name: 'd/', type: '5', mtime: 1 },
    { name: 'd/a', content: 'A', mtime: 1 },
    { name: 'd/b', type: '1', linkTarget: 'd/a' },
    { name: 'l', type: '2', linkTarget: 'd', mtime: 1 },
  ],
  [
    { name: 'l/c', content: 'C', mtime: 2 },
    { name: 'secret', content: 'S', mtime: 2 },
  ],
  [{ name: '.wh.secret' }, { name: 'd/a', content: 'new', mtime: 3 }, { name: 'e', type: '1', linkTarget: 'd/b' }],
]
const HISTORY = [
  { created_by: 'zero' },
  { created_by: 'env', empty_layer: true },
  { created_by: 'one', own: 1 },
  { created_by: 'two' },
]
const PLAIN = imageWith(LAYERS)
const STATED = JSON.stringify({ ...JSON.parse(PLAIN.config.toString()), history: HISTORY, own: { x: 1 } })
const STACKED = dockerArchive({ ...PLAIN, config: Buffer.from(STATED) })

async function treeOf(place: string): Promise<string[]> {
  const path = join(await temporaryDirectory(), 'rootfs')
  await unpackRootfs(place, path)
  return factsOf(path)
}

test('a flattened image has one layer, the same file system, and a history that says what was done', async () => {
  const { path } = await converted(STACKED)
  const before = await treeOf(`oci:${path}:v1`)
  const { layers, manifests } = await flatten(`oci:${path}:v1`, { tag: 'flat' })
  expect([layers.length, manifests.length]).toEqual([1, 1])
  const { manifest, config } = imageIn(path, 'flat')
  expect(manifest.layers.map(({ digest }) => digest)).toEqual([layers[0]?.digest])
  expect(config.rootfs.diff_ids).toEqual([layers[0]?.diffID])
  expect(config.own).toEqual({ x: 1 })
  expect(config.history).toEqual([
    { created_by: 'zero', empty_layer: true },
    { created_by: 'env', empty_layer: true },
    { created_by: 'one', own: 1, empty_layer: true },
    { created_by: 'two', empty_layer: true },
    { created: expect.any(String), created_by: 'transload flatten', comment: '3 layers as one' },
  ])
  expect(await treeOf(`oci:${path}:flat`)).toEqual(before)
})

test.each([0, 1, 2])(
  'an image that is squashed from layer %i on keeps the layers below, and its file system',
  async (from) => {
    const { path } = await converted(STACKED)
    const before = await treeOf(`oci:${path}:v1`)
    const { layers } = await squash(`oci:${path}:v1`, from, { tag: 'squashed' })
    const [was, now] = ['v1', 'squashed'].map((tag) => imageIn(path, tag))
    expect(layers.length).toBe(from === 2 ? 0 : 1)
    expect(now?.manifest.layers.length).toBe(from + 1)
    expect(now?.manifest.layers.slice(0, from)).toEqual(was?.manifest.layers.slice(0, from))
    expect(await treeOf(`oci:${path}:squashed`)).toEqual(before)
  },
)

test('what an upper layer removed is not in the squashed layer', async () => {
  const file = await temporaryFile(STACKED)
  const to = join(await temporaryDirectory(), 'flat.tar')
  await flatten(file, { to, compress: 'none' })
  expect(readFileSync(file, 'latin1')).toContain('secret')
  expect(readFileSync(to, 'latin1')).not.toContain('secret')
})

test('the same is done from any place to any place, and twice the same with SOURCE_DATE_EPOCH', async () => {
  const file = await temporaryFile(STACKED)
  const { path: layout } = await converted(STACKED)
  const root = await temporaryDirectory()
  const history = { created: '2020-01-01T00:00:00Z' }
  const options = { history, compress: 'none' as const }
  const results = [
    await squash(file, 1, { ...options, to: join(root, 'a.tar') }),
    await squash(file, 1, { ...options, to: `oci:${join(root, 'layout')}` }),
    await squash(`oci:${layout}:v1`, 1, options),
  ]
  expect(new Set(results.map(({ digest }) => digest)).size).toBe(1)
  const copied = await convert(join(root, 'a.tar'), `oci:${join(root, 'again')}`)
  expect(copied.images[0]?.digest).toBe(results[0]?.digest)
})

test('an image of one layer stays as it is', async () => {
  const { path } = await converted(dockerArchive(image({ files: ['one'] })))
  const { digest } = imageIn(path, 'v1')
  expect(await flatten(`oci:${path}:v1`)).toMatchObject({ digest, layers: [] })
})

test('a layer that the image does not have is refused', async () => {
  const { path } = await converted(STACKED)
  await expect(squash(`oci:${path}:v1`, 3)).rejects.toMatchObject({ code: 'NOT_FOUND', expected: '0 to 2', found: 3 })
  expect(await transload('squash', `oci:${path}:v1`)).toMatchObject({ status: 2 })
  expect(await transload('squash', `oci:${path}:v1`, '--from', 'x')).toMatchObject({ status: 2 })
})

test('on the command line, the summary is JSON if it is asked for', async () => {
  const { path } = await converted(STACKED)
  const { stdout, stderr, status } = await transload('squash', `oci:${path}:v1`, '--from', '1', '--json')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ layers: [{ compression: 'gzip' }], warnings: [] })
  const to = join(await temporaryDirectory(), 'x.tar')
  await exportRootfs(`oci:${path}:v1`, to)
  expect(readFileSync(to).length).toBeGreaterThan(1024)
})

test('a lower layer that is not what the image says is refused, although it keeps its bytes', async () => {
  const { path } = await converted(STACKED)
  const [lowest] = imageIn(path, 'v1').manifest.layers
  const blob = join(path, 'blobs', (lowest?.digest ?? '').replace(':', '/'))
  const bytes = readFileSync(blob)
  // The mode of its first entry.
  bytes.write('0000777', bytes.indexOf('0000755'), 'latin1')
  writeFileSync(blob, bytes)
  await expect(squash(`oci:${path}:v1`, 1)).rejects.toMatchObject({ code: expect.stringMatching(/INTEGRITY|FORMAT/) })
})

test('a removed file whose whiteout would have too long a name is refused', async () => {
  const name = 'x'.repeat(253)
  const layers = [
    [{ name: 'd/', type: '5' }, pax({ path: `d/${name}` }), { name: 'f' }],
    [{ name: 'd/.wh..wh..opq' }],
    [{ name: 'y' }],
  ]
  const { path } = await converted(dockerArchive(imageWith(layers)))
  await expect(squash(`oci:${path}:v1`, 1)).rejects.toMatchObject({ code: 'UNSUPPORTED', hint: /flatten/ })
  expect(await flatten(`oci:${path}:v1`)).toMatchObject({ layers: [{ compression: 'gzip' }] })
})

test('a history that does not fit the layers is told', async () => {
  const stated = JSON.stringify({ ...JSON.parse(PLAIN.config.toString()), history: [{ created_by: 'one' }] })
  const { path } = await converted(dockerArchive({ ...PLAIN, config: Buffer.from(stated) }))
  const { warnings } = await squash(`oci:${path}:v1`, 1)
  expect(warnings.map(({ code }) => code)).toEqual(['HISTORY'])
})
