import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Described, UNKNOWN } from '../../../src/image/describe/described.js'
import { describeEntry } from '../../../src/image/describe/describeEntry.js'
import { listImages } from '../../../src/image/list.js'
import { sourceWith } from '../../../src/image/source.js'
import { digestOf } from '../../../src/spec/digest.js'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, ociLayerType } from '../../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../../src/spec/parse.js'
import type { Warning } from '../../../src/spec/warnings.js'
import { addPlatforms, attesting, NAME, NO_PLATFORM, newLayout } from '../../fixtures/archives.js'
import {
  addBlob,
  addImage,
  addIndex,
  image,
  type Layout,
  layoutEntries,
  nameAnnotations,
} from '../../fixtures/image.js'
import { withArchive } from '../../fixtures/intake.js'
import { tar } from '../../fixtures/tar.js'
import { DOCKER_TYPES, layoutOfTypes } from '../../variants/layouts.js'
import { APP, LAYER } from '../../variants/variant.js'

const ABSENT = { mediaType: OCI_MANIFEST, digest: digestOf(Buffer.from('absent')), size: 6, platform: NO_PLATFORM }
const FOREIGN = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip'

describe('an image of index.json', () => {
  test('is told by its manifest, its config and its blobs', async () => {
    const layout = newLayout()
    const made = image({ files: ['one'], config: { history: [{ created_by: 'a' }] } })
    const root = addImage(layout, made)
    for (const name of [NAME, 'x.io/app:v2']) layout.manifests.push({ ...root, annotations: nameAnnotations(name) })
    const plain = made.layers[0] ?? Buffer.alloc(0)
    const packed = gzipSync(plain)
    expect(await describedIn(layout)).toEqual([
      {
        ...UNKNOWN,
        names: ['app:v1', 'x.io/app:v2'],
        digest: root.digest,
        mediaType: OCI_MANIFEST,
        platform: 'linux/amd64',
        config: digestOf(made.config),
        layers: [
          {
            mediaType: ociLayerType('gzip'),
            digest: digestOf(packed),
            size: packed.length,
            diffID: digestOf(plain),
            compression: 'gzip',
            present: true,
          },
        ],
        history: [{ created: null, createdBy: 'a', comment: null, layer: 0 }],
      },
    ])
  })

  test.each([
    ['its entry', { os: 'linux', architecture: 'arm', variant: 'v7' }, 'linux/arm/v7'],
    ['its config where the entry says none', undefined, 'linux/amd64'],
  ])('is for the platform of %s', async (_, platform, expected) => {
    const layout = newLayout()
    layout.manifests.push({ ...addImage(layout, image()), ...(platform && { platform }) })
    expect(await describedIn(layout)).toMatchObject([{ platform: expected }])
  })

  test('keeps the media types of Docker', async () => {
    const { manifest, layer } = DOCKER_TYPES
    const expected = [{ kind: 'image', mediaType: manifest, layers: [{ mediaType: layer, compression: 'gzip' }] }]
    expect(await describedIn(layoutOfTypes(DOCKER_TYPES))).toMatchObject(expected)
  })

  test('has no diffID for a layer that its config does not know', async () => {
    const layout = newLayout()
    const [blob, other] = [addBlob(layout, LAYER, ociLayerType('none')), addBlob(layout, Buffer.from('x'), FOREIGN)]
    layout.manifests.push(
      addManifest(layout, { config: addBlob(layout, APP.config, OCI_CONFIG), layers: [blob, other] }),
    )
    const [described] = await describedIn(layout)
    expect(described?.layers.map(({ diffID }) => diffID)).toEqual([digestOf(LAYER), null])
  })

  test('without its config is described with what it lacks', async () => {
    const layout = newLayout()
    layout.manifests.push(addImage(layout, image()))
    layout.blobs.delete(digestOf(image().config))
    expect((await describedIn(layout))[0]).toMatchObject({
      kind: 'image',
      config: digestOf(image().config),
      problem: 'incomplete: the source lacks its config',
    })
  })
})

describe('a layer', () => {
  test.each([
    ['foreign and not in the source', FOREIGN, false, { compression: null, present: false }],
    ['foreign and in the source', FOREIGN, true, { compression: null, present: true }],
    ['not in the source', ociLayerType('gzip'), false, { compression: null, present: false }],
    ['in the source', ociLayerType('gzip'), true, { compression: 'gzip', present: true }],
  ])('that is %s is told so', async (_, mediaType, isThere, expected) => {
    const layout = newLayout()
    const layer = addBlob(layout, gzipSync(LAYER), mediaType)
    if (!isThere) layout.blobs.delete(layer.digest)
    layout.manifests.push(addManifest(layout, { config: addBlob(layout, APP.config, OCI_CONFIG), layers: [layer] }))
    const [described] = await describedIn(layout)
    expect(described?.layers).toEqual([{ ...layer, diffID: digestOf(LAYER), ...expected }])
  })

  test('of which the descriptor has the bytes is there', async () => {
    const layout = newLayout()
    const data = { data: LAYER.toString('base64') }
    const layer = { ...addBlob(layout, LAYER, ociLayerType('none')), ...data }
    layout.blobs.delete(layer.digest)
    layout.manifests.push(addManifest(layout, { config: addBlob(layout, APP.config, OCI_CONFIG), layers: [layer] }))
    expect(await describedIn(layout)).toMatchObject([{ layers: [{ digest: digestOf(LAYER), present: true }] }])
  })
})

describe('an index', () => {
  test('is told with what it lists, as it lists it', async () => {
    const layout = newLayout()
    const { root, amd64, arm64 } = addPlatforms(layout)
    layout.manifests.push({ ...addIndex(layout, [root]), annotations: nameAnnotations(NAME) })
    const [outer] = await describedIn(layout)
    expect(outer).toMatchObject({
      kind: 'index',
      names: ['app:v1'],
      mediaType: OCI_INDEX,
      platform: null,
      config: null,
    })
    const [inner] = outer?.manifests ?? []
    expect(inner).toMatchObject({ kind: 'index', names: [], digest: root.digest, layers: [], history: [] })
    expect(inner?.manifests).toMatchObject([
      { kind: 'image', names: [], digest: amd64.digest, platform: 'linux/amd64', about: null },
      { kind: 'image', names: [], digest: arm64.digest, platform: 'linux/arm64/v8', about: null },
      { kind: 'attestation', platform: 'unknown/unknown', about: amd64.digest, config: null, layers: [{ size: 21 }] },
    ])
  })

  test('may list images that are not in the source', async () => {
    const layout = newLayout()
    const { root, arm64 } = addPlatforms(layout)
    layout.blobs.delete(arm64.digest)
    layout.manifests.push(root)
    const [index] = await describedIn(layout)
    expect(index?.manifests.map(({ present }) => present)).toEqual([true, false, true])
    const { digest, mediaType } = arm64
    expect(index?.manifests[1]).toEqual({ ...UNKNOWN, digest, mediaType, platform: 'linux/arm64/v8', present: false })
  })

  test.each([
    ['attestations', attesting(ABSENT, digestOf(Buffer.from('image'))), 'attestation'],
    ['indexes', { ...ABSENT, mediaType: OCI_INDEX }, 'index'],
    ['artifacts', { ...ABSENT, mediaType: 'text/plain' }, 'artifact'],
  ])('may list %s that are not in the source', async (_, absent, kind) => {
    const layout = newLayout()
    layout.manifests.push(addIndex(layout, [addImage(layout, image()), absent]))
    const [index] = await describedIn(layout)
    expect(index?.manifests).toMatchObject([
      { kind: 'image', present: true },
      { kind, present: false },
    ])
  })
})

describe('an artifact', () => {
  const EMPTY = 'application/vnd.oci.empty.v1+json'

  test.each([
    ['its entry', { artifactType: 'a/entry' }, { artifactType: 'a/manifest' }, EMPTY, 'a/entry'],
    ['its manifest', {}, { artifactType: 'a/manifest' }, EMPTY, 'a/manifest'],
    ['its config', {}, {}, 'application/vnd.cncf.helm.config.v1+json', 'application/vnd.cncf.helm.config.v1+json'],
  ])('is of the type that %s says', async (_, ofEntry, ofManifest, configType, expected) => {
    const layout = newLayout()
    const layer = addBlob(layout, Buffer.from('text'), 'text/plain')
    const config = addBlob(layout, Buffer.from('{}'), configType)
    layout.manifests.push({ ...addManifest(layout, { ...ofManifest, config, layers: [layer] }), ...ofEntry })
    expect(await describedIn(layout)).toEqual([
      {
        ...UNKNOWN,
        kind: 'artifact',
        digest: layout.manifests[0]?.digest,
        mediaType: OCI_MANIFEST,
        artifactType: expected,
        layers: [{ ...layer, diffID: null, compression: null, present: true }],
      },
    ])
  })

  test('is what has layers of another kind, and what is no manifest', async () => {
    const layout = newLayout()
    const config = addBlob(layout, APP.config, OCI_CONFIG)
    layout.manifests.push(
      addManifest(layout, {
        config,
        layers: [addBlob(layout, Buffer.from('hsqs'), 'application/vnd.oci.image.layer.v1.squashfs')],
      }),
      addBlob(layout, Buffer.from('text'), 'text/plain'),
    )
    expect(await describedIn(layout)).toMatchObject([
      { kind: 'artifact', artifactType: OCI_CONFIG, config: null },
      { kind: 'artifact', artifactType: null, mediaType: 'text/plain', present: true },
    ])
  })
})

test('what is odd is told', async () => {
  const layout = newLayout()
  const config = addBlob(layout, image({ files: ['one'], config: { history: [{}, {}] } }).config, OCI_CONFIG)
  const layer = addBlob(layout, gzipSync(LAYER), ociLayerType('none'))
  layout.manifests.push(addManifest(layout, { config, layers: [layer] }))
  const warnings: Warning[] = []
  await describedIn(layout, warnings)
  expect(warnings).toEqual([
    {
      code: 'MEDIA_TYPE',
      message: `the layer is compressed with gzip, although its media type is ${ociLayerType('none')}`,
      where: layer.digest,
    },
    { code: 'HISTORY', message: 'the history describes 2 layers, but there are 1', where: config.digest },
  ])
})

function addManifest(layout: Layout, stated: { config: Descriptor; layers: Descriptor[]; artifactType?: string }) {
  return addBlob(layout, canonicalJSON({ schemaVersion: 2, mediaType: OCI_MANIFEST, ...stated }), OCI_MANIFEST)
}

/** All that the index of a layout offers; what is odd about it is added to `warnings`. */
function describedIn(layout: Layout, warnings: Warning[] = []): Promise<Described[]> {
  return withArchive('file', tar(layoutEntries(layout)), async (_, { warnings: told }, layers) => {
    const source = sourceWith(layers)
    const candidates = await listImages(source, undefined)
    const described: Described[] = []
    for (const one of candidates) if (one.kind === 'index') described.push(await describeEntry(one, source))
    warnings.push(...told)
    return described
  })
}
