// What the OCI image-spec states of manifests, indexes and layouts (manifest.md, image-index.md, image-layout.md, and the
// tests of their schemas), in documents of our own.
import { describe, expect, test } from 'vitest'
import { digestOf } from '../../src/spec/digest.js'
import { DOCKER_MANIFEST, OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, ociLayerType } from '../../src/spec/mediaTypes.js'
import { parseIndex, parseLayoutFile, parseManifest } from '../../src/spec/parse.js'

const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json'
const EMPTY = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(Buffer.from('{}')), size: 2 }
const CONFIG = descriptor(OCI_CONFIG)
const LAYER = descriptor(ociLayerType('gzip'))
const CHILD = descriptor(OCI_MANIFEST)
const MANIFEST = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: CONFIG, layers: [LAYER] }
const INDEX = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [CHILD] }
const SCHEMA_1 = { schemaVersion: 1, name: 'a', tag: 'b', architecture: 'amd64', fsLayers: [], history: [] }

describe('a manifest', () => {
  test.each<[string, object]>([
    ['with what is required, and no more', { mediaType: undefined }],
    ['with its media type', {}],
    ['with several layers', { layers: [LAYER, descriptor(ociLayerType('zstd')), LAYER] }],
    ['with annotations', { annotations: { one: 'a', two: 'b' } }],
    ['with null for annotations', { annotations: null }],
    ['about another one', { subject: CHILD }],
    ['of an artifact with its own config', { config: descriptor('application/vnd.example.config+json') }],
    ['of an artifact without config', { artifactType: 'application/vnd.example', config: EMPTY, layers: [EMPTY] }],
    ['of layers under digests we cannot compute', { layers: [{ ...LAYER, digest: 'sha256+b64:QUJD' }] }],
    ['with what nobody knows', { 'com.example': [] }],
    [
      'of Docker’s schema 2',
      {
        mediaType: DOCKER_MANIFEST,
        config: descriptor('application/vnd.docker.container.image.v1+json'),
        layers: [descriptor('application/vnd.docker.image.rootfs.diff.tar.gzip')],
      },
    ],
    [
      'of Docker with a config of any bytes',
      { mediaType: DOCKER_MANIFEST, config: descriptor('application/octet-stream') },
    ],
  ])('%s is read', (_, fields) => {
    expect(parseManifest(json({ ...MANIFEST, ...fields }), 'manifest')).toEqual({ ...MANIFEST, ...fields })
  })

  test('without any layer is read, against the schema: Docker builds such images from scratch', () => {
    expect(parseManifest(json({ ...MANIFEST, layers: [] }), 'manifest').layers).toEqual([])
  })

  test.each<[string, string, object]>([
    ['of another version', '/schemaVersion', { schemaVersion: 3 }],
    ['whose version is a text', '/schemaVersion', { schemaVersion: '2' }],
    ['that says to be an index', '/mediaType', { mediaType: OCI_INDEX }],
    ['without config', 'config', { config: undefined }],
    ['whose config is of no media type', '/config/mediaType', { config: descriptor('config') }],
    ['whose config has its size as a text', '/config/size', { config: { ...CONFIG, size: '2' } }],
    ['whose config is in the config', '/config', { config: { config: CONFIG } }],
    ['whose layer has its size as a text', '/layers/1/size', { layers: [LAYER, { ...LAYER, size: '2' }] }],
    ['whose layer is of no digest', '/layers/0/digest', { layers: [{ ...LAYER, digest: 'sha256+-x:abc' }] }],
    ['whose layers are one', '/layers', { layers: LAYER }],
    ['that is about a text', '/subject', { subject: 'another one' }],
    ['with a number as annotation', '/annotations/one', { annotations: { one: 1 } }],
    ['whose artifact type is a number', '/artifactType', { artifactType: 1 }],
    ['that is an index too', 'manifest', { manifests: [CHILD] }],
    ['that is one of schema 1 too', 'manifest', { fsLayers: [] }],
  ])('%s is refused', (_, place, fields) => {
    expect(() => parseManifest(json({ ...MANIFEST, ...fields }), 'file')).toThrow(refusal(place))
  })

  test('of schema 1 is refused', () => {
    expect(() => parseManifest(json(SCHEMA_1), 'file')).toThrow(refusal('not an image manifest'))
  })
})

describe('an index', () => {
  const platform = { os: 'linux', architecture: 's390x' }

  test.each<[string, object]>([
    ['with what is required, and no more', { mediaType: undefined }],
    ['with its media type', {}],
    ['with nothing in it', { manifests: [] }],
    ['with null for a list, as of Docker 25.0.0', { manifests: null }],
    ['of images for several platforms', { manifests: [{ ...CHILD, platform }, descriptor(OCI_INDEX)] }],
    ['of manifests of somebody’s own media type', { manifests: [descriptor('application/vnd.example.manifest+json')] }],
    ['with annotations', { annotations: { 'com.example.key': 'value' } }],
    ['of an artifact', { artifactType: 'text/x-art', manifests: [{ ...CHILD, artifactType: 'text/x-part' }] }],
    ['about a manifest', { subject: CHILD }],
    ['with what nobody knows', { 'com.example': {} }],
    [
      'that is Docker’s manifest list',
      {
        mediaType: DOCKER_LIST,
        manifests: [{ ...descriptor(DOCKER_MANIFEST), platform: { ...platform, features: [] } }],
      },
    ],
  ])('%s is read', (_, fields) => {
    expect(parseIndex(json({ ...INDEX, ...fields }), 'index')).toEqual({ ...INDEX, ...fields })
  })

  test.each<[string, string, object]>([
    ['of another version', '/schemaVersion', { schemaVersion: 1 }],
    ['that says to be a manifest', '/mediaType', { mediaType: OCI_MANIFEST }],
    ['whose list is an object', '/manifests', { manifests: { a: CHILD } }],
    ['of a manifest of no media type', '/manifests/0/mediaType', { manifests: [descriptor('manifest')] }],
    ['of a manifest of an empty media type', '/manifests/0/mediaType', { manifests: [descriptor('')] }],
    ['of a manifest with its size as a text', '/manifests/0/size', { manifests: [{ ...CHILD, size: '2' }] }],
    ['of a manifest without digest', '/manifests/0', { manifests: [{ ...CHILD, digest: undefined }] }],
    ['for half a platform', '/platform', { manifests: [{ ...CHILD, platform: { os: 'linux' } }] }],
    ['that is about a text', '/subject', { subject: 'a manifest' }],
    ['with a list as annotation', '/annotations/one', { annotations: { one: ['a'] } }],
    ['that is a manifest too, by its layers', 'index', { layers: [LAYER] }],
    ['that is a manifest too, by its config', 'index', { config: CONFIG }],
  ])('%s is refused', (_, place, fields) => {
    expect(() => parseIndex(json({ ...INDEX, ...fields }), 'file')).toThrow(refusal(place))
  })

  test('is told from a manifest of schema 1', () => {
    expect(() => parseIndex(json(SCHEMA_1), 'file')).toThrow(refusal('not an image index'))
  })
})

describe('a layout file', () => {
  test('with a version is read', () => {
    expect(parseLayoutFile(json({ imageLayoutVersion: '1.0.0', more: 1 }), 'file')).toMatchObject({
      imageLayoutVersion: '1.0.0',
    })
  })

  test.each([
    ['without version', '{}', 'imageLayoutVersion'],
    ['whose version is a number', '{"imageLayoutVersion":1.0}', '/imageLayoutVersion'],
    ['whose version is without quotes', '{"imageLayoutVersion":1.0.0}', 'not JSON'],
    ['that is a text', '"1.0.0"', 'object'],
  ])('%s is refused', (_, text, place) => {
    expect(() => parseLayoutFile(Buffer.from(text), 'file')).toThrow(refusal(place))
  })
})

function descriptor(mediaType: string) {
  const content = Buffer.from(`content of ${mediaType}`)
  return { mediaType, digest: digestOf(content), size: content.length }
}

function refusal(place: string): unknown {
  return expect.objectContaining({ code: 'FORMAT', where: 'file', message: expect.stringContaining(place) })
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
