import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { single } from '../../../src/bytes/bytes.js'
import type { Progress } from '../../../src/bytes/context.js'
import { type Inspection, inspect } from '../../../src/commands/inspect.js'
import type { InspectOptions } from '../../../src/commands/options.js'
import { zstd } from '../../../src/compression/zstd.js'
import { UNKNOWN } from '../../../src/image/describe/described.js'
import { digestOf } from '../../../src/spec/digest.js'
import { OCI_MANIFEST, ociLayerType } from '../../../src/spec/mediaTypes.js'
import {
  ARCHIVES,
  addPlatforms,
  archiveOf,
  hybridArchive,
  lopsidedArchive,
  newLayout,
  stacked,
} from '../../fixtures/archives.js'
import { collect } from '../../fixtures/bytes.js'
import { temporaryFile } from '../../fixtures/directory.js'
import { addImage, dockerArchive, dockerEntries, image, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { DOORS } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'
import { V1_ARCHIVES } from '../../fixtures/v1.js'
import { BZIP2_LAYER } from '../../variants/compressed.js'
import { LAYER } from '../../variants/variant.js'

const PLAIN = { mediaType: ociLayerType('none'), compression: 'none', present: true }

describe('what an archive states is shown', () => {
  test('of docker save: everything', async () => {
    const made = image({
      config: {
        created: '2024-01-02T03:04:05Z',
        author: 'A',
        config: { Cmd: ['sh'], Env: [] },
        history: [{ created_by: 'a' }, { created_by: 'ENV', empty_layer: true }, { created_by: 'b', comment: 'c' }],
      },
    })
    const step = { created: null, createdBy: null, comment: null }
    expect(await inspected(dockerArchive(made))).toEqual({
      format: 'docker-archive',
      writer: null,
      compression: null,
      verified: null,
      warnings: [],
      images: [
        {
          ...UNKNOWN,
          names: ['app:v1'],
          digest: expect.stringMatching(/^sha256:/),
          mediaType: OCI_MANIFEST,
          platform: 'linux/amd64',
          config: digestOf(made.config),
          created: '2024-01-02T03:04:05Z',
          author: 'A',
          runs: { Cmd: ['sh'] },
          layers: made.layers.map((bytes) => {
            const digest = digestOf(bytes)
            return { ...PLAIN, digest, size: bytes.length, diffID: digest }
          }),
          history: [
            { ...step, createdBy: 'a', layer: 0 },
            { ...step, createdBy: 'ENV', layer: null },
            { ...step, createdBy: 'b', comment: 'c', layer: 1 },
          ],
        },
      ],
    })
  })

  test('of crane, with compressed layers: no digests of what is not stated', async () => {
    const { images } = await inspected(ARCHIVES['gzip layers under odd names']?.())
    const layers = image().layers.map((bytes) => ({
      mediaType: ociLayerType('gzip'),
      digest: null,
      size: gzipSync(bytes).length,
      diffID: digestOf(bytes),
      compression: 'gzip',
      present: true,
    }))
    expect(images).toMatchObject([{ digest: null, mediaType: null, config: digestOf(image().config), layers }])
  })

  test('of Docker before 1.10: neither image ID nor digests, which are of the layers', async () => {
    const { format, writer, images } = await inspected(V1_ARCHIVES['tagged ancestors, and several tags']?.())
    expect({ format, writer }).toEqual({
      format: 'docker-archive without manifest.json',
      writer: 'docker save of Docker before 1.10',
    })
    expect(images.map(({ names, layers }) => [names, layers.length])).toEqual([
      [['app:9', 'app:v1'], 3],
      [['app:10'], 2],
      [['base:v0'], 1],
    ])
    for (const { digest, config, layers } of images) {
      expect([digest, config]).toEqual([null, null])
      for (const layer of layers) expect(layer).toEqual({ ...PLAIN, digest: null, diffID: null, size: 2048 })
    }
  })

  test('of an index beside manifest.json: each image once, with platforms and attestations', async () => {
    const { format, images, warnings } = await inspected(hybridArchive())
    expect({ format, warnings }).toEqual({ format: 'docker-archive and oci', warnings: [] })
    expect(images).toMatchObject([
      {
        kind: 'index',
        names: ['app:v1'],
        manifests: [
          { kind: 'image', platform: 'linux/amd64', config: digestOf(image().config), present: true },
          { kind: 'image', platform: 'linux/arm64/v8', present: true },
          { kind: 'attestation', about: addPlatforms(newLayout()).amd64.digest },
        ],
      },
    ])
  })

  test('of an index that lacks an image of manifest.json: both, and a warning', async () => {
    const { images, warnings } = await inspected(lopsidedArchive())
    expect(images.map(({ names }) => names)).toEqual([['app:v1'], ['more:v2']])
    expect(warnings).toMatchObject([{ code: 'MANIFEST_ONLY' }])
  })

  test('of layers that OCI has no media type for: how they are compressed', async () => {
    const archive = archiveOf(stacked([LAYER]), ['a'], [{ name: 'a', content: BZIP2_LAYER }])
    expect((await inspected(archive)).images).toMatchObject([{ layers: [{ mediaType: null, compression: 'bzip2' }] }])
  })

  test('of images in a folder, with a warning that says where', async () => {
    const below = dockerEntries([image()]).map((entry) => ({ ...entry, name: `images/app/${entry.name}` }))
    const { format, images, warnings } = await inspected(tar(below))
    expect(images).toEqual((await inspected(dockerArchive(image()))).images)
    expect(format).toBe('docker-archive')
    expect(warnings).toMatchObject([{ code: 'SUBFOLDER', message: 'its images are below images/app/' }])
  })

  test.each<[string, (archive: Buffer) => Buffer | Promise<Buffer>]>([
    ['gzip', gzipSync],
    ['zstd', (archive) => collect(zstd(single(archive), { jobs: 2 }))],
  ])('of an archive that is compressed with %s as a whole: this, too', async (compression, compress) => {
    const [plain, packed] = [dockerArchive(image()), await compress(dockerArchive(image()))]
    expect(await inspected(packed)).toEqual({ ...(await inspected(plain)), compression })
  })
})

describe('images are chosen as convert has it', () => {
  const layout = newLayout()
  const { root, arm64 } = addPlatforms(layout)
  layout.manifests.push({ ...root, annotations: nameAnnotations('docker.io/library/app:v1') })
  layout.manifests.push({ ...root, annotations: nameAnnotations('docker.io/library/app:v2') })
  layout.manifests.push({
    ...addImage(layout, image({ files: ['b'] })),
    annotations: nameAnnotations('docker.io/library/b:1'),
  })
  const OCI = tar(layoutEntries(layout))
  const DOCKER = dockerArchive(image({ tags: ['app:v1', 'app:v2'] }), image({ tags: ['b:1'], files: ['b'] }))

  test.each<[string, string[], string[][]]>([
    ['all if none is', [], [['app:v1', 'app:v2'], ['b:1']]],
    ['by tag', ['v2'], [['app:v2']]],
    ['by name', ['b:1'], [['b:1']]],
    ['by full name', ['docker.io/library/app:v1'], [['app:v1']]],
    ['by position', ['@1'], [['b:1']]],
    ['by the digest of a config', [digestOf(image({ files: ['b'] }).config)], [['b:1']]],
    ['several, in the order of the archive', ['b:1', '@0'], [['app:v1', 'app:v2'], ['b:1']]],
  ])('%s', async (_, images, names) => {
    for (const archive of [OCI, DOCKER]) {
      expect((await inspected(archive, { images })).images.map((one) => one.names)).toEqual(names)
    }
  })

  test('with the place, too', async () => {
    const path = await temporaryFile(DOCKER)
    const { images } = await inspect(`docker-archive:${path}:v2`, { images: ['b:1'] })
    expect(images.map(({ names }) => names)).toEqual([['app:v2'], ['b:1']])
  })

  test('by the digest of one manifest of an index', async () => {
    const { images } = await inspected(OCI, { images: [arm64.digest] })
    expect(images).toMatchObject([{ kind: 'image', digest: arm64.digest, platform: 'linux/arm64/v8' }])
  })

  test.each([false, true])('by the digest that inspect itself states, full: %s', async (full) => {
    for (const archive of [OCI, DOCKER]) {
      const [first] = (await inspected(archive)).images
      expect((await inspected(archive, { images: [first?.digest ?? ''], full })).images).toEqual([first])
    }
  })

  test('of an archive without manifest.json, by every door', async () => {
    const archive = V1_ARCHIVES['two images of one base']?.() ?? Buffer.alloc(0)
    for (const [door, open] of Object.entries(DOORS)) {
      const { images } = await inspect(await open(archive), { images: ['other:v2'] })
      expect({ door, names: images.map(({ names }) => names) }).toEqual({ door, names: [['other:v2']] })
    }
  })

  test.each([
    ['no such image', ['nothing'], 'NOT_FOUND'],
    ['no such position', ['@7'], 'NOT_FOUND'],
    ['no selector', [''], 'USAGE'],
  ])('and %s is an error', async (_, images, code) => {
    for (const archive of [OCI, DOCKER]) await expect(inspected(archive, { images })).rejects.toMatchObject({ code })
  })
})

test('of a file no layer is read', async () => {
  const seen: Progress[] = []
  await inspected(dockerArchive(image()), { onProgress: (progress) => seen.push(progress) })
  expect(seen).toEqual([])
})

function inspected(archive: Buffer | undefined, options: InspectOptions = {}): Promise<Inspection> {
  return temporaryFile(archive ?? Buffer.alloc(0)).then((path) => inspect(path, options))
}
