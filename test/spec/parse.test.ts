import { describe, expect, test } from 'vitest'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import {
  parseDockerManifest,
  parseDockerRepositories,
  parseImageConfig,
  parseIndex,
  parseLayoutFile,
  parseManifest,
  parseProcessIdentity,
} from '../../src/spec/parse.js'

const DESCRIPTOR = { mediaType: OCI_MANIFEST, digest: digestOf(Buffer.from('x')), size: 1 }
const MANIFEST = { schemaVersion: 2, config: { ...DESCRIPTOR, mediaType: OCI_CONFIG }, layers: [] }
const INDEX = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [DESCRIPTOR] }
const PROCESS = { host: 'h', boot: 'b', pidNamespace: 'n', pid: 1, startTime: '2' }

test.each([
  ['an index', parseIndex, INDEX],
  ['an index without media type', parseIndex, { schemaVersion: 2, manifests: [] }],
  ['a manifest', parseManifest, MANIFEST],
  ['a config that says nothing', parseImageConfig, {}],
  ['a config with members nobody knows', parseImageConfig, { os: 'linux', rootfs: { type: 'layers' }, extra: [1] }],
  ['a layout file', parseLayoutFile, { imageLayoutVersion: '1.0.0' }],
  ['a record of a process', parseProcessIdentity, PROCESS],
  [
    'a docker manifest of an image without layers',
    parseDockerManifest,
    [{ Config: 'c', RepoTags: null, Layers: null }],
  ],
])('%s is read as it is', (_, parse: (bytes: Uint8Array, where: string) => unknown, value) => {
  expect(parse(json(value), 'file')).toEqual(value)
})

test.each([
  ['an index of another version', parseIndex, { ...INDEX, schemaVersion: 1 }, '/schemaVersion'],
  ['an index with another media type', parseIndex, { ...INDEX, mediaType: OCI_MANIFEST }, '/mediaType'],
  ['a descriptor without size', parseIndex, { ...INDEX, manifests: [{ ...DESCRIPTOR, size: undefined }] }, 'size'],
  ['a negative size', parseManifest, { ...MANIFEST, config: { ...DESCRIPTOR, size: -1 } }, '/config/size'],
  ['a config that is a list', parseImageConfig, [], 'object'],
  ['diff_ids that are no text', parseImageConfig, { rootfs: { type: 'layers', diff_ids: [1] } }, '/rootfs/diff_ids/0'],
  ['a layout file without version', parseLayoutFile, {}, 'imageLayoutVersion'],
  ['a process without number', parseProcessIdentity, { ...PROCESS, pid: 'x' }, '/pid'],
  ['a docker manifest that is no list', parseDockerManifest, { Config: 'c' }, 'array'],
  ['an image that is no object', parseDockerManifest, ['c'], '/0'],
  ['an image without config', parseDockerManifest, [{ Layers: [] }], 'Config'],
])('%s is refused, with the place', (_, parse: (bytes: Uint8Array, where: string) => unknown, value, place) => {
  expect(() => parse(json(value), 'file')).toThrow(
    expect.objectContaining({ code: 'FORMAT', where: 'file', message: expect.stringContaining(place) }),
  )
})

test('a manifest whose layers are null has none', () => {
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'0'.repeat(64)}`, size: 2 }
  expect(parseManifest(json({ schemaVersion: 2, config, layers: null }), 'x').layers).toEqual([])
  expect(parseManifest(json({ schemaVersion: 2, config }), 'x').layers).toEqual([])
})

test.each([
  [
    'a docker manifest',
    parseDockerManifest,
    [{ Config: 'c', Parent: null, LayerSources: null }],
    [{ Config: 'c', LayerSources: null }],
  ],
  ['an index', parseIndex, { ...INDEX, mediaType: null, subject: null }, { schemaVersion: 2, manifests: [DESCRIPTOR] }],
  [
    'an index of an empty media type',
    parseIndex,
    { ...INDEX, mediaType: '' },
    { schemaVersion: 2, manifests: [DESCRIPTOR] },
  ],
  ['an index without version', parseIndex, { manifests: [] }, { manifests: [] }],
  ['an index that lists nothing', parseIndex, { schemaVersion: null }, {}],
  [
    'a descriptor',
    parseIndex,
    { manifests: [{ ...DESCRIPTOR, platform: null, artifactType: null, data: null }] },
    { manifests: [DESCRIPTOR] },
  ],
  [
    'an annotation',
    parseIndex,
    { manifests: [], annotations: { a: null, b: 'c' } },
    { manifests: [], annotations: { b: 'c' } },
  ],
  [
    'a manifest',
    parseManifest,
    { ...MANIFEST, schemaVersion: null, artifactType: null },
    { config: MANIFEST.config, layers: [] },
  ],
  [
    'a manifest whose config has no media type',
    parseManifest,
    { ...MANIFEST, config: { ...DESCRIPTOR, mediaType: null } },
    { ...MANIFEST, config: { ...DESCRIPTOR, mediaType: '' } },
  ],
  ['a config', parseImageConfig, { rootfs: { type: null, diff_ids: [] } }, { rootfs: { diff_ids: [] } }],
  ['a config of an artifact', parseImageConfig, { rootfs: null }, {}],
  ['the repositories', parseDockerRepositories, { app: null, other: { v1: 'x' } }, { other: { v1: 'x' } }],
])(
  'what is null in %s is absent, as to Go',
  (_, parse: (bytes: Uint8Array, where: string) => unknown, value, expected) => {
    expect(parse(json(value), 'file')).toEqual(expected)
  },
)

test('what may be null stays so', () => {
  const index = { manifests: null, annotations: null }
  expect(parseIndex(json(index), 'file')).toEqual(index)
})

test('a key that comes twice is refused, also if it is null once', () => {
  for (const text of ['[{"Config":"c","Parent":null,"parent":"x"}]', '[{"Config":"c","parent":"x","Parent":null}]'])
    expect(() => parseDockerManifest(Buffer.from(text), 'file')).toThrow(/twice/)
})

test('a required field that is null is missing', () => {
  expect(() => parseDockerManifest(json([{ Config: null }]), 'file')).toThrow(/required property 'Config'/)
})

test('a text that is no UTF-8 is read with what stands for it', () => {
  const bytes = Buffer.from('{"author":"Ren\u00e9"}', 'latin1')
  expect(parseImageConfig(bytes, 'file').author).toBe('Ren\ufffd')
})

describe('keys of a docker manifest', () => {
  test('match in any case', () => {
    const item = { config: 'c', repotags: ['a:b'], LAYERS: ['l'], other: 1 }
    const [read] = parseDockerManifest(json([item]), 'manifest.json')
    expect(read).toEqual({ Config: 'c', RepoTags: ['a:b'], Layers: ['l'], other: 1 })
  })

  test.each([
    ['Config', { Config: 'c', config: 'd' }],
    ['Layers', { Config: 'c', Layers: ['a'], 'Layer\u017f': ['b'] }],
  ])('are refused if given twice in different case, as Go folds it: %s', (key, item) => {
    expect(() => parseDockerManifest(json([item]), 'manifest.json')).toThrow(
      expect.objectContaining({ code: 'FORMAT', message: expect.stringContaining(`${key} is given twice`) }),
    )
  })
})

test.each([
  ['a byte order mark', Buffer.from('\ufeff{}')],
  ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ['two values', Buffer.from('{}{}')],
  ['half a value', Buffer.from('{"a":')],
  ['nothing', Buffer.alloc(0)],
])('JSON with %s is refused', (_, bytes) => {
  expect(() => parseImageConfig(bytes, 'config.json')).toThrow(
    expect.objectContaining({ code: 'FORMAT', where: 'config.json' }),
  )
})

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
