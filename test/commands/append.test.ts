import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { append } from '../../src/commands/append.js'
import { digestOf } from '../../src/spec/digest.js'
import type { Descriptor, Index } from '../../src/spec/parse.js'
import { blobIn, imageIn, layoutOf, unpackedRootfs } from '../fixtures/bundle.js'
import { transloadWith } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { blobText, layoutWith, MOMENT, tagged } from '../fixtures/editing.js'
import { addBlob, addImage, addIndex, image, type Layout } from '../fixtures/image.js'
import { treeOf } from '../fixtures/rootfs.js'
import { tar } from '../fixtures/tar.js'

const [ONE, TWO] = [tar([{ name: 'one', content: '1' }]), tar([{ name: 'two', content: '2' }])]
const AT = { history: { created: MOMENT } }
const ZSTD = Buffer.from('28b52ffd0458', 'hex')

/** Images of three platforms, one of them in the source only by name. */
function multi(): Layout {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  const children = ['amd64', 'arm64'].map((architecture) => ({
    ...addImage(layout, image({ config: { architecture } })),
    platform: { architecture, os: 'linux' },
  }))
  const absent = {
    ...children[0],
    digest: digestOf(Buffer.from('absent')),
    platform: { architecture: 's390x', os: 'linux' },
  }
  layout.manifests.push(tagged(addIndex(layout, [...children, absent as Descriptor]), 'v1'))
  return layout
}

test('each file becomes a layer with a step, in order; compressed ones keep their bytes', async () => {
  const layout = await layoutOf([{ name: 'zero', content: '0' }])
  const packed = gzipSync(TWO, { level: 1 })
  const { layers, digest } = await append(layout, [await temporaryFile(ONE), await temporaryFile(packed)], AT)
  const { manifest, config, digest: named } = imageIn(layout, 'v1')
  expect(digest).toBe(named)
  expect(config.rootfs.diff_ids.slice(1)).toEqual([digestOf(ONE), digestOf(TWO)])
  expect(layers).toMatchObject([
    { compression: 'gzip', diffID: digestOf(ONE), plainSize: ONE.length },
    { digest: digestOf(packed), compression: 'gzip', diffID: digestOf(TWO), plainSize: TWO.length },
  ])
  expect(manifest.layers.slice(1)).toMatchObject(layers.map(({ digest, size }) => ({ digest, size })))
  expect(blobIn(layout, digestOf(packed)).equals(packed)).toBe(true)
  const step = { created: MOMENT, created_by: 'transload append', author: 'me' }
  expect(config.history.slice(1)).toEqual([step, step])
  expect(treeOf(await unpackedRootfs(layout, 'v1'))).toEqual({ zero: '0', one: '1', two: '2' })
})

test('a layer for all platforms is there once; one that the source lacks stays as it is, with a warning', async () => {
  const path = await layoutWith(multi())
  const blobs = () => readdirSync(join(path, 'blobs/sha256')).length
  const before = blobs()
  const { digest, manifests, warnings } = await append(path, [await temporaryFile(ONE)], AT)
  expect(manifests.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64'])
  const index: Index = JSON.parse(blobText(path, digest))
  expect(index.manifests?.slice(0, 2)).toMatchObject(manifests.map(({ manifest }) => ({ digest: manifest })))
  expect(index.manifests?.[2]?.digest).toBe(digestOf(Buffer.from('absent')))
  expect(warnings).toMatchObject([{ code: 'SPARSE_INDEX', message: expect.stringContaining('s390x') }])
  // Two configs, two manifests, an index, a layer.
  expect(blobs()).toBe(before + 6)
})

test('from place to place it is the same; with a platform only that one changes', async () => {
  const path = await layoutWith(multi())
  const to = join(await temporaryDirectory(), 'to.tar')
  const layer = await temporaryFile(ONE)
  const elsewhere = await append(path, [layer], { ...AT, platform: 'linux/arm64', to })
  const here = await append(path, [layer], { ...AT, platform: 'linux/arm64' })
  expect(elsewhere.manifests).toEqual(here.manifests)
  expect(elsewhere.digest).toBe(here.digest)
  expect(here.manifests).toMatchObject([{ platform: 'linux/arm64' }])
})

test('plain layers are compressed as wanted', async () => {
  for (const [compress, mediaType] of [
    ['none', 'application/vnd.oci.image.layer.v1.tar'],
    ['zstd', 'application/vnd.oci.image.layer.v1.tar+zstd'],
  ] as const) {
    const layout = await layoutOf([{ name: 'zero', content: '0' }])
    await append(layout, [await temporaryFile(ONE)], { compress })
    expect(imageIn(layout, 'v1').manifest.layers[1]?.mediaType).toBe(mediaType)
  }
})

describe('a Docker manifest', () => {
  const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'

  async function docker(): Promise<string> {
    const layout: Layout = { blobs: new Map(), manifests: [] }
    const { config } = image({ files: [] })
    const stated = addBlob(layout, config, 'application/vnd.docker.container.image.v1+json')
    const document = { schemaVersion: 2, mediaType: MANIFEST, config: stated, layers: [] }
    layout.manifests.push(tagged(addBlob(layout, Buffer.from(JSON.stringify(document)), MANIFEST), 'v1'))
    return layoutWith(layout)
  }

  test('gets layers of its own media types', async () => {
    const layout = await docker()
    await append(layout, [await temporaryFile(ONE)])
    expect(imageIn(layout, 'v1').manifest.layers[0]?.mediaType).toBe(
      'application/vnd.docker.image.rootfs.diff.tar.gzip',
    )
  })

  test('refuses zstd, by choice or as it comes', async () => {
    const layout = await docker()
    const before = readFileSync(join(layout, 'index.json'), 'utf8')
    for (const [bytes, options] of [
      [ONE, { compress: 'zstd' }],
      [ZSTD, {}],
    ] as const) {
      await expect(append(layout, [await temporaryFile(bytes)], options)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    }
    expect(readFileSync(join(layout, 'index.json'), 'utf8')).toBe(before)
  })
})

test.each<[string, Buffer]>([
  ['text', Buffer.from('hello')],
  ['nothing', Buffer.alloc(0)],
  ['a compressed text', gzipSync('hello')],
  ['a tar that is compressed twice', gzipSync(gzipSync(ONE))],
  ['a tar whose compression is cut off', gzipSync(ONE).subarray(0, -12)],
  ['a tar whose compression is followed by junk', Buffer.concat([gzipSync(ONE), Buffer.from('junk')])],
])('%s is no layer, and leaves nothing', async (_, bytes) => {
  const layout = await layoutOf([{ name: 'zero', content: '0' }])
  const to = join(await temporaryDirectory(), 'to.tar')
  const [good, bad] = [await temporaryFile(ONE), await temporaryFile(bytes)]
  await expect(append(layout, [good, bad], { to })).rejects.toMatchObject({ code: 'FORMAT' })
  expect(readdirSync(dirname(to))).toEqual([])
  const before = readdirSync(join(layout, 'blobs/sha256'))
  await expect(append(layout, [good, bad])).rejects.toMatchObject({ code: 'FORMAT' })
  expect(readdirSync(join(layout, 'blobs/sha256'))).toEqual(before)
})

test('refuses a directory, no layer, and two readers of standard input', async () => {
  const layout = await layoutOf([{ name: 'zero', content: '0' }])
  const refused = (tars: string[], image = layout) =>
    expect(append(image, tars)).rejects.toMatchObject({ code: 'USAGE' })
  await refused([await temporaryDirectory()])
  await refused([])
  await refused(['-', '-'])
  await refused(['-'], '-')
})

test('the command line takes several layers, also from a pipe', async () => {
  const layout = await layoutOf([{ name: 'zero', content: '0' }])
  const one = await temporaryFile(ONE)
  const to = join(await temporaryDirectory(), 'to')
  const args = ['--image', layout, one, '-', '--to', `oci:${to}:v2`, '--json']
  const { status, stdout } = await transloadWith(gzipSync(TWO), 'append', ...args)
  expect({ status, report: JSON.parse(stdout) }).toMatchObject({ status: 0, report: { layers: [{}, {}] } })
  expect(treeOf(await unpackedRootfs(to, 'v2'))).toEqual({ zero: '0', one: '1', two: '2' })
  expect(await transloadWith('', 'append', '--image', layout)).toMatchObject({ status: 2 })
})
