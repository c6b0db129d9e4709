import { expect, test } from 'vitest'
import { type BundleOrigin, parseUmociFile, umociJSON } from '../../src/bundle/umociFile.js'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_INDEX, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'

const DIGEST = digestOf(Buffer.from('x'))
const MANIFEST = { mediaType: OCI_MANIFEST, digest: DIGEST, size: 1 }
const ORIGIN: BundleOrigin = { walk: [MANIFEST], uidMappings: [], gidMappings: [], rootless: false }
const NO_MAPS = '"map_options":{"uid_mappings":null,"gid_mappings":null,"rootless":false}'
const WALK = `"from_descriptor_path":{"descriptor_walk":[${JSON.stringify(MANIFEST)}]}`

test('umoci.json is one line', () => {
  expect(umociJSON(ORIGIN)).toBe(`{"umoci_version":"2",${WALK},${NO_MAPS}}\n`)
})

test('it has the whole way to the manifest, as Go prints descriptors', () => {
  const platform = { os: 'linux', variant: 'v7', architecture: 'arm', 'os.version': '', 'os.features': ['<'] }
  const entry = { ...MANIFEST, mediaType: OCI_INDEX, extra: 1, artifactType: '', annotations: { b: '&', a: '' } }
  const text = umociJSON({
    ...ORIGIN,
    walk: [entry, { ...MANIFEST, platform, urls: [], annotations: {}, data: 'eA==' }],
  })
  const start = (type: string) => `{"mediaType":"${type}","digest":"${DIGEST}","size":1`
  expect(JSON.stringify(JSON.parse(text).from_descriptor_path)).toContain('&')
  expect(text).toContain(
    `[${start(OCI_INDEX)},"annotations":{"a":"","b":"\\u0026"}},${start(OCI_MANIFEST)},"data":"eA==",` +
      '"platform":{"architecture":"arm","os":"linux","os.features":["\\u003c"],"variant":"v7"}}]',
  )
})

test('it has the ID mappings', () => {
  const mapping = { size: 65536, hostID: 100000, containerID: 0 }
  const text = umociJSON({ ...ORIGIN, uidMappings: [mapping], rootless: true })
  expect(text).toContain(
    '{"uid_mappings":[{"containerID":0,"hostID":100000,"size":65536}],"gid_mappings":null,"rootless":true}',
  )
})

test('what was written is read', () => {
  const origin = { ...ORIGIN, uidMappings: [{ containerID: 0, hostID: 1000, size: 1 }], rootless: true }
  expect(parse(umociJSON(origin))).toEqual(origin)
})

test('files of older releases are read', () => {
  expect(parse(`{"umoci_version":"2",${WALK},"map_options":{"rootless":false},"whiteout_mode":0}\n`)).toEqual(ORIGIN)
})

test.each([
  ['another version', `{"umoci_version":"1",${WALK},${NO_MAPS}}`, 'FORMAT'],
  ['no version', `{${WALK},${NO_MAPS}}`, 'FORMAT'],
  ['whiteouts of overlayfs', `{"umoci_version":"2",${WALK},${NO_MAPS},"whiteout_mode":1}`, 'FORMAT'],
  ['no manifest', `{"umoci_version":"2","from_descriptor_path":{"descriptor_walk":[]},${NO_MAPS}}`, 'FORMAT'],
  ['no walk', `{"umoci_version":"2","from_descriptor_path":{},${NO_MAPS}}`, 'FORMAT'],
  ['a digest with a path', file({ walk: [{ ...MANIFEST, digest: 'sha256:../../x' }] }), 'FORMAT'],
  ['a negative size', file({ walk: [{ ...MANIFEST, size: -1 }] }), 'FORMAT'],
  ['a huge size', file({ walk: [{ ...MANIFEST, size: 2 ** 60 }] }), 'FORMAT'],
  ['a walk of 100,000', file({ walk: new Array(100_000).fill(MANIFEST) }), 'FORMAT'],
  ['a walk of 100', file({ walk: new Array(100).fill(MANIFEST) }), 'FORMAT'],
  ['an ID beyond 32 bits', file({ uidMappings: [{ containerID: 0, hostID: 2 ** 32, size: 1 }] }), 'FORMAT'],
  [
    'overlapping mappings',
    file({ gidMappings: [0, 1].map((hostID) => ({ containerID: 0, hostID, size: 1 })) }),
    'FORMAT',
  ],
  ['a key in two spellings', `{"umoci_version":"2","Umoci_Version":"2",${WALK},${NO_MAPS}}`, 'FORMAT'],
  ['no JSON', 'umoci', 'FORMAT'],
])('%s is refused', (_, text, code) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code, where: expect.anything() }))
})

function file(origin: Partial<BundleOrigin>): string {
  return umociJSON({ ...ORIGIN, ...origin })
}

function parse(text: string): BundleOrigin {
  return parseUmociFile(Buffer.from(text), 'umoci.json')
}
