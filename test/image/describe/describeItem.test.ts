import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { carriable } from '../../../src/docker/read/carriable.js'
import { readManifestJSON } from '../../../src/docker/read/manifestJSON.js'
import { readV1Images } from '../../../src/docker/read/v1Images.js'
import { type Described, UNKNOWN } from '../../../src/image/describe/described.js'
import { describeItem, describeV1 } from '../../../src/image/describe/describeItem.js'
import { digestOf } from '../../../src/spec/digest.js'
import { OCI_MANIFEST, ociLayerType } from '../../../src/spec/mediaTypes.js'
import { archiveOf, stacked } from '../../fixtures/archives.js'
import { dockerArchive, type Image, image } from '../../fixtures/image.js'
import { withArchive } from '../../fixtures/intake.js'
import { tar } from '../../fixtures/tar.js'
import { SAID, V1_ARCHIVES, v1Archive, v1Entries, v1ID } from '../../fixtures/v1.js'
import { BZIP2_LAYER, XZ_LAYER } from '../../variants/compressed.js'

const [ONE, TWO] = [tar([{ name: 'one', content: 'one' }]), tar([{ name: 'two', content: 'two' }])]

describe('an image of manifest.json', () => {
  test('is told by its table, its config and its files', async () => {
    const made = image({ tags: ['app:v1', 'registry.example.com/team/app:2'] })
    const [described] = await itemsOf(dockerArchive(made))
    expect(described).toMatchObject({
      kind: 'image',
      names: ['app:v1', 'registry.example.com/team/app:2'],
      platform: 'linux/amd64',
      present: true,
      config: digestOf(made.config),
    })
    const plain = { mediaType: ociLayerType('none'), size: 2048, compression: 'none', present: true }
    expect(described?.layers).toEqual(
      made.layers.map((layer) => ({ ...plain, digest: digestOf(layer), diffID: digestOf(layer) })),
    )
  })

  test.each<[string, Image]>([
    ['plain layers', image()],
    ['no layers', image({ files: [] })],
    ['one layer twice', stacked([ONE, TWO, ONE])],
  ])('of %s has the digest of the manifest that convert makes', async (_, made) => {
    const archive = dockerArchive(made)
    const [described] = await itemsOf(archive)
    expect(described).toMatchObject({ digest: await manifestOf(archive), mediaType: OCI_MANIFEST })
  })

  test('has no other one where a file of no bytes stands for a layer of no entries', async () => {
    const archive = archiveOf(stacked([Buffer.alloc(1024)]), ['a'], [{ name: 'a', content: '' }])
    const [described] = await itemsOf(archive)
    expect([null, await manifestOf(archive)]).toContain(described?.digest)
  })

  test.each([
    ['gzip', gzipSync(ONE), ociLayerType('gzip'), 'gzip'],
    ['xz, for which there is no media type', XZ_LAYER, null, 'xz'],
    ['bzip2, for which there is no media type', BZIP2_LAYER, null, 'bzip2'],
  ])('does not know digests where a layer is %s', async (_, content, mediaType, compression) => {
    const archive = archiveOf(
      stacked([ONE, TWO]),
      ['a', 'b'],
      [
        { name: 'a', content },
        { name: 'b', content: TWO },
      ],
    )
    const [described] = await itemsOf(archive)
    expect(described).toMatchObject({ digest: null, mediaType: null })
    expect(described?.layers).toEqual([
      { mediaType, digest: null, size: content.length, diffID: digestOf(ONE), compression, present: true },
      expect.objectContaining({ digest: digestOf(TWO), compression: 'none' }),
    ])
  })

  test('is told without a layer that is not there', async () => {
    const [described] = await itemsOf(archiveOf(stacked([ONE]), ['a'], []))
    expect(described).toMatchObject({ digest: null, mediaType: null })
    expect(described?.layers).toEqual([
      { mediaType: null, digest: null, size: null, diffID: digestOf(ONE), compression: null, present: false },
    ])
  })

  test.each([
    ['more', stacked([ONE]), ['a', 'b'], [digestOf(ONE), null]],
    ['fewer', stacked([ONE, TWO]), ['a'], [digestOf(ONE)]],
  ])('with %s layers than its config has is of no manifest', async (_, made, paths, diffIDs) => {
    const entries = paths.map((name) => ({ name, content: ONE }))
    const [described] = await itemsOf(archiveOf(made, paths, entries))
    expect(described?.layers.map(({ diffID }) => diffID)).toEqual(diffIDs)
    expect(described?.digest).toBeNull()
  })

  test('has the layers beside the steps that made them', async () => {
    const history = [{ created_by: 'a' }, { created_by: 'b', empty_layer: true }, { created_by: 'c' }]
    const [described] = await itemsOf(dockerArchive(image({ config: { history } })))
    expect(described?.history.map(({ createdBy, layer }) => [createdBy, layer])).toEqual([
      ['a', 0],
      ['b', null],
      ['c', 1],
    ])
  })
})

describe('an image without manifest.json', () => {
  test('is told by what its layers say, without what only their content could tell', async () => {
    const [described] = await v1ImagesOf(V1_ARCHIVES['three layers']?.() ?? Buffer.alloc(0))
    const layer = { mediaType: ociLayerType('none'), size: 2048, compression: 'none', present: true }
    const step = {
      created: '2015-11-03T12:34:56.789012345Z',
      createdBy: '/bin/sh -c echo "a" > b && true',
      comment: 'made <by> hand',
    }
    expect(described).toEqual({
      ...UNKNOWN,
      names: ['app:v1'],
      platform: 'linux/amd64',
      created: '2015-11-03T12:34:56.789012345Z',
      runs: { Hostname: 'c0ffee', Env: ['PATH=/bin'], Cmd: ['/bin/sh'] },
      layers: [0, 1, 2].map(() => ({ ...layer, digest: null, diffID: null })),
      history: [0, 1, 2].map((at) => ({ ...step, layer: at })),
    })
  })

  test.each([
    ['a list', '"container_config":{"Cmd":["sh","-c","a b"]}', 'sh -c a b'],
    ['one word', '"container_config":{"Cmd":"one word"}', 'one word'],
    ['an empty list', '"container_config":{"Cmd":[]}', null],
    ['null', '"container_config":{"Cmd":null}', null],
    ['of no container', '"container_config":null', null],
    ['not said', '"os":"linux"', null],
  ])('has steps whose command is %s', async (_, says, createdBy) => {
    const [described] = await v1ImagesOf(v1Archive([{ digit: 'a', says }]))
    expect(described?.history).toEqual([{ created: null, createdBy, comment: null, layer: 0 }])
  })

  test('is told by its top layer, whatever those below say', async () => {
    const layers = [
      { digit: 'a', says: '"os":"windows","author":"A"' },
      { digit: 'b', parent: 'a', says: `${SAID},"author":"B"` },
    ]
    const [described] = await v1ImagesOf(v1Archive(layers, { app: { v1: v1ID('b'), v2: v1ID('b') } }))
    expect(described).toMatchObject({ names: ['app:v1', 'app:v2'], platform: 'linux/amd64', author: 'B' })
  })

  test('may say what Docker does not heed', async () => {
    const [described] = await v1ImagesOf(V1_ARCHIVES['rootfs and history of its own']?.() ?? Buffer.alloc(0))
    expect(described).toMatchObject({ names: ['app:v1'], history: [{ layer: 0 }, { layer: 1 }, { layer: 2 }] })
  })

  test('is told without a layer that is not there', async () => {
    const entries = v1Entries([{ digit: 'a' }]).filter(({ name }) => !name.endsWith('layer.tar'))
    const [described] = await v1ImagesOf(tar(entries))
    expect(described?.layers).toMatchObject([{ size: null, present: false }])
  })
})

function itemsOf(bytes: Buffer): Promise<Described[]> {
  return withArchive('file', bytes, async (archive, { context }) => {
    const items = ((await readManifestJSON(archive, context.warn)) ?? []).filter((item) => 'config' in item)
    return Promise.all(items.map((item) => describeItem(item, archive)))
  })
}

function v1ImagesOf(bytes: Buffer): Promise<Described[]> {
  return withArchive('file', bytes, async (archive, { context }) => {
    const images = (await readV1Images(archive, context.warn)) ?? []
    return Promise.all(images.map((one) => describeV1(one, archive)))
  })
}

/** Digest of the manifest that the first image gets. */
function manifestOf(bytes: Buffer): Promise<string | undefined> {
  return withArchive('file', bytes, async (archive, made, store) => {
    const items = ((await readManifestJSON(archive, made.context.warn)) ?? []).filter((item) => 'config' in item)
    return (await carriable(items, store)).roots[0]?.digest
  })
}
