// What the OCI image-spec states of descriptors (descriptor.md, schema/descriptor_test.go), in documents of our own.
import { describe, expect, test } from 'vitest'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { type Descriptor, parseIndex, parseManifest } from '../../src/spec/parse.js'

const CONTENT = Buffer.from('what it points at')
const DIGEST = digestOf(CONTENT)
const DESCRIPTOR = { mediaType: OCI_MANIFEST, digest: DIGEST, size: CONTENT.length }
const HEX = DIGEST.slice('sha256:'.length)
/** As long as half a media type may be. */
const LONG = 'x'.repeat(127)

test.each<[string, object]>([
  ['with what is required, and no more', {}],
  ['of content without bytes', { digest: digestOf(Buffer.alloc(0)), size: 0 }],
  ['of the largest size that numbers tell exactly', { size: Number.MAX_SAFE_INTEGER }],
  ['of a media type that is as long as can be', { mediaType: `${LONG}/${LONG}` }],
  ['of a media type with every character that it may have', { mediaType: '0a/A9!#$&^_.+-' }],
  ['of a media type of somebody’s own', { mediaType: 'application/vnd.example.thing+json' }],
  ['with places to get the content from', { urls: ['https://example.com/content', 'file:///srv/content'] }],
  ['with null for lists and maps', { urls: null, annotations: null }],
  ['with the content itself', { data: CONTENT.toString('base64') }],
  ['with the content itself, without bytes', { digest: digestOf(Buffer.alloc(0)), size: 0, data: '' }],
  ['of an artifact', { artifactType: 'application/vnd.example.artifact' }],
  ['with annotations', { annotations: { 'com.example.key': 'value', '': '' } }],
  ['with what nobody knows', { 'com.example': { size: 'large' } }],
])('a descriptor %s is read', (_, fields) => {
  expect(read(fields)).toEqual({ ...DESCRIPTOR, ...fields })
})

// Nobody but a registry looks at these, and engines load images that have them.
test.each<[string, object]>([
  ['with places that are no URLs', { urls: ['somewhere'] }],
  ['of an artifact of a type that is no media type', { artifactType: 'a/.thing' }],
])('a descriptor %s is read, against the spec', (_, fields) => {
  expect(read(fields)).toEqual({ ...DESCRIPTOR, ...fields })
})

test.each<[string, string, object]>([
  ['without media type', 'mediaType', { mediaType: undefined }],
  ['of an empty media type', '/mediaType', { mediaType: '' }],
  ['of a media type without second half', '/mediaType', { mediaType: 'text' }],
  ['of a media type without first half', '/mediaType', { mediaType: '/plain' }],
  ['of a media type whose first half starts with a dot', '/mediaType', { mediaType: '.text/plain' }],
  ['of a media type whose second half starts with a dot', '/mediaType', { mediaType: 'text/.plain' }],
  ['of a media type whose first half is too long', '/mediaType', { mediaType: `${LONG}x/plain` }],
  ['of a media type whose second half is too long', '/mediaType', { mediaType: `text/${LONG}x` }],
  ['without size', 'size', { size: undefined }],
  ['with the size as a text', '/size', { size: '17' }],
  ['of a negative size', '/size', { size: -17 }],
  ['of a size that is no whole number', '/size', { size: 1.5 }],
  ['without digest', 'digest', { digest: undefined }],
  ['of a digest without algorithm', '/digest', { digest: `:${HEX}` }],
  ['of a digest that is an algorithm alone', '/digest', { digest: 'sha256' }],
  ['of a digest without hash', '/digest', { digest: 'sha256:' }],
  ['of a digest whose algorithm is in capitals', '/digest', { digest: `SHA256:${HEX}` }],
  ['of a digest whose algorithm has two separators in a row', '/digest', { digest: 'sha256.-x:abc' }],
  ['of a sha256 digest in capitals', '/digest', { digest: `sha256:${HEX.toUpperCase()}` }],
  ['of a sha256 digest that is too short', '/digest', { digest: DIGEST.slice(0, -1) }],
  ['of a sha512 digest that is too short', '/digest', { digest: `sha512:${HEX}` }],
  ['of a digest that is a path', '/digest', { digest: 'other:../../etc/passwd' }],
  ['whose places are a text', '/urls', { urls: 'https://example.com/content' }],
  ['whose places have a number', '/urls/0', { urls: [1] }],
  ['whose content lacks its padding', '/data', { data: 'YQ' }],
  ['whose content is no base64', '/data', { data: 'a text!' }],
  ['whose content is in the alphabet of URLs', '/data', { data: '_-_-' }],
  ['whose artifact type is a list', '/artifactType', { artifactType: ['text/plain'] }],
  ['with a number as annotation', '/annotations/a', { annotations: { a: 1 } }],
  ['with annotations in a list', '/annotations', { annotations: ['a=b'] }],
])('a descriptor %s is refused', (_, place, fields) => {
  expect(() => read(fields)).toThrow(
    expect.objectContaining({ code: 'FORMAT', where: 'index', message: expect.stringContaining(place) }),
  )
})

describe('a digest of an algorithm that we cannot compute is read, for it may only be named', () => {
  test.each([
    `sha256+b64:${HEX}`,
    `sha256+b64u:${Buffer.from(HEX, 'hex').toString('base64url')}`,
    `sha256+b64u.padded:${Buffer.from(HEX, 'hex').toString('base64url')}=`,
    'sha256+one-two:Abc_=',
    'sha256.one_two:0',
    'multihash+base58:QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN',
    `blake3:${HEX}`,
    `sha5120:${HEX}`,
  ])('%s', (digest) => {
    expect(read({ digest }).digest).toBe(digest)
  })
})

describe('a platform', () => {
  test.each<[string, object]>([
    ['with what is required, and no more', { os: 'linux', architecture: 'arm' }],
    [
      'with everything',
      { os: 'windows', architecture: 'arm', variant: 'v7', 'os.version': '10.0.14393.1066', 'os.features': ['win32k'] },
    ],
    ['with null for its features', { os: 'linux', architecture: 'arm', 'os.features': null }],
    ['of an attestation', { os: 'unknown', architecture: 'unknown' }],
    ['that nobody has heard of', { os: 'plan10', architecture: 'pdp11', features: ['sse4'] }],
  ])('%s is read', (_, platform) => {
    expect(read({ platform }).platform).toEqual(platform)
  })

  test.each<[string, object | string]>([
    ['without architecture', { os: 'linux' }],
    ['without os', { architecture: 'amd64' }],
    ['whose os is a number', { os: 1, architecture: 'amd64' }],
    ['whose variant is a number', { os: 'linux', architecture: 'arm', variant: 7 }],
    ['whose os.version is a number', { os: 'windows', architecture: 'amd64', 'os.version': 10 }],
    ['whose os.features is a text', { os: 'windows', architecture: 'amd64', 'os.features': 'win32k' }],
    ['that is a text', 'linux/amd64'],
  ])('%s is refused', (_, platform) => {
    expect(() => read({ platform })).toThrow(
      expect.objectContaining({ code: 'FORMAT', message: expect.stringContaining('/manifests/0/platform') }),
    )
  })
})

test('descriptors of configs, layers and subjects are held to the same', () => {
  const bad = { ...DESCRIPTOR, data: 'YQ' }
  const manifest = { schemaVersion: 2, config: DESCRIPTOR, layers: [DESCRIPTOR] }
  const reading = (fields: object) => () => parseManifest(json({ ...manifest, ...fields }), 'manifest')
  expect(reading({})).not.toThrow()
  expect(reading({ config: bad })).toThrow('/config/data')
  expect(reading({ layers: [DESCRIPTOR, bad] })).toThrow('/layers/1/data')
  expect(reading({ subject: bad })).toThrow('/subject/data')
})

/** A descriptor with other fields, as an index holds it. */
function read(fields: object): Descriptor {
  const [descriptor] =
    parseIndex(json({ schemaVersion: 2, manifests: [{ ...DESCRIPTOR, ...fields }] }), 'index').manifests ?? []
  if (descriptor === undefined) return expect.unreachable()
  return descriptor
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
