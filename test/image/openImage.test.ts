import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { single } from '../../src/bytes/bytes.js'
import { compress } from '../../src/compression/codecs.js'
import { sum } from '../../src/hashing/hash.js'
import { listImages } from '../../src/image/list.js'
import type { Listed } from '../../src/image/listed.js'
import { type OpenedImage, openImage } from '../../src/image/openImage.js'
import { sourceWith } from '../../src/image/source.js'
import { algorithmOf, digestOf } from '../../src/spec/digest.js'
import { layerCompression, ociLayerType } from '../../src/spec/mediaTypes.js'
import { readDocument, readNode, rootOf, walkGraph } from '../../src/store/graph.js'
import type { Root } from '../../src/store/nodes.js'
import { archiveOf, hybridArchive, stacked } from '../fixtures/archives.js'
import { collect } from '../fixtures/bytes.js'
import { dockerArchive, image } from '../fixtures/image.js'
import { withArchive } from '../fixtures/intake.js'
import { converted } from '../fixtures/layout.js'
import { NESTED } from '../fixtures/packed.js'
import { tar } from '../fixtures/tar.js'
import { V1_ARCHIVES } from '../fixtures/v1.js'
import { LAYER } from '../variants/variant.js'

const EMPTY = Buffer.alloc(1024)
const OTHER = tar([{ name: 'other' }])

/** An image whose layers' files are these bytes. */
function filed(plain: Buffer[], files: Buffer[]): Buffer {
  const paths = files.map((_, at) => `layer${at}`)
  return archiveOf(
    stacked(plain),
    paths,
    files.map((content, at) => ({ name: `layer${at}`, content })),
  )
}

const ARCHIVES: Readonly<Record<string, Buffer>> = {
  'plain layers': dockerArchive(image()),
  'layers compressed with gzip': filed([LAYER], [gzipSync(LAYER)]),
  'two files of one plain layer': filed([LAYER, LAYER], [LAYER, LAYER]),
  'a file of no bytes for a layer of no entries': filed([EMPTY, LAYER], [Buffer.alloc(0), LAYER]),
  'an index': hybridArchive(),
  'no manifest.json': V1_ARCHIVES['three layers']?.() ?? Buffer.alloc(0),
}

describe.each(['file', 'pipe', 'directory'])('an image opened by %s', (door) => {
  test.each(Object.entries(ARCHIVES))(
    'of an archive with %s has the manifest that convert gives it',
    async (_, bytes) => {
      const { index } = await converted(bytes)
      await opened(door, bytes, async ({ root, blobs }) => {
        expect(root).toMatchObject({ digest: index.manifests?.[0]?.digest, size: index.manifests?.[0]?.size })
        for (const descriptor of await layersOf({ root, blobs })) {
          expect(await sum(blobs.open(descriptor), algorithmOf(descriptor.digest))).toEqual({
            digest: descriptor.digest,
            size: descriptor.size,
          })
        }
      })
    },
  )

  test('reads the config by the manifest', async () => {
    const one = image({ config: { variant: 'v8' } })
    await opened(door, dockerArchive(one), async ({ root, blobs }) => {
      const manifest = await readNode(blobs, root)
      const config = manifest.kind === 'manifest' ? await readDocument(blobs, manifest.document.config) : undefined
      expect(config?.bytes).toEqual(one.config)
    })
  })

  test('refuses compressed layers that are not those of the config', async () => {
    await expect(opened(door, filed([LAYER], [gzipSync(tar([]))]), () => {})).rejects.toMatchObject({
      code: 'INTEGRITY',
      expected: digestOf(LAYER),
      found: digestOf(tar([])),
    })
  })

  test('refuses an image that lacks a layer', async () => {
    await expect(opened(door, archiveOf(image(), ['a', 'b'], []), () => {})).rejects.toMatchObject({
      code: 'NOT_FOUND',
      where: 'a',
    })
  })
})

test('a plain layer is not read for the manifest', async () => {
  const wrong = Buffer.from(LAYER).fill('x', 512, 600)
  await opened('file', filed([LAYER], [wrong]), async ({ root, blobs }) => {
    const [layer] = await layersOf({ root, blobs })
    expect(layer).toEqual({ mediaType: ociLayerType('none'), digest: digestOf(LAYER), size: LAYER.length })
    expect(await collect(blobs.open(layer ?? rootOf(root)))).toEqual(wrong)
  })
})

test.each(['file', 'directory'])('layers of xz and bzip2 are presented plain by %s', async (door) => {
  await opened(door, NESTED, async ({ root, blobs }) => {
    const layers = await layersOf({ root, blobs })
    expect(layers).toEqual([{ mediaType: ociLayerType('none'), digest: digestOf(LAYER), size: LAYER.length }])
    for (const descriptor of layers) {
      expect(await collect(blobs.open(descriptor))).toEqual(LAYER)
      expect(await collect(blobs.open(descriptor, 700))).toEqual(LAYER.subarray(700))
    }
  })
})

test('layers of xz and bzip2 that passed in a pipe are the gzip that was stored', async () => {
  await opened('pipe', NESTED, async ({ root, blobs }) => {
    const [layer] = await layersOf({ root, blobs })
    expect(layer?.mediaType).toBe(ociLayerType('gzip'))
    expect(gunzipSync(await collect(blobs.open(layer ?? rootOf(root))))).toEqual(LAYER)
  })
})

test('a compressed layer keeps its bytes, and its media type says which they are', async () => {
  const files = [gzipSync(LAYER), await collect(compress(single(OTHER), 'zstd', { jobs: 1 }))]
  await opened('file', filed([LAYER, OTHER], files), async ({ root, blobs }) => {
    const layers = await layersOf({ root, blobs })
    expect(layers.map(({ mediaType }) => mediaType)).toEqual([ociLayerType('gzip'), ociLayerType('zstd')])
    for (const [at, descriptor] of layers.entries()) {
      expect(await collect(blobs.open(descriptor))).toEqual(files[at])
    }
  })
})

/** Opens the first image of an archive. */
function opened<T>(door: string, bytes: Buffer, use: (image: OpenedImage) => T | Promise<T>) {
  return withArchive(door, bytes, async (_, __, layers) => {
    const source = sourceWith(layers)
    const [listed] = await listImages(source, undefined)
    return use(await openImage(listed as Listed, source))
  })
}

/** The descriptors of all layers that the root reaches, each once. */
async function layersOf({ root, blobs }: OpenedImage): Promise<Root[]> {
  const nodes = await walkGraph(blobs, [root])
  const layers = nodes.map(({ descriptor }) => descriptor).filter(({ mediaType }) => layerCompression(mediaType))
  expect(layers.length).toBeGreaterThan(0)
  return layers
}
