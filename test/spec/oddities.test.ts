import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { warnOfOddities } from '../../src/spec/oddities.js'
import type { Document } from '../../src/spec/parse.js'
import type { Warning } from '../../src/spec/warnings.js'
import { exported } from '../fixtures/exporting.js'
import { dockerArchive, image } from '../fixtures/image.js'
import { converted } from '../fixtures/layout.js'

const DIGEST = digestOf(Buffer.from('x'))
const DESCRIPTOR = {
  mediaType: OCI_MANIFEST,
  digest: DIGEST,
  size: 1,
  urls: ['https://example.com/x'],
  annotations: { 'com.example.anything': 'x' },
  data: 'eA==',
  artifactType: 'application/x',
  platform: { architecture: 'amd64', os: 'linux', variant: 'v2', 'os.version': '1', 'os.features': ['win32k'] },
}

/** All that a document may say. */
const FULL: Record<Document, unknown> = {
  'manifest.json': [
    {
      Config: 'c.json',
      RepoTags: ['a:b'],
      Layers: ['l'],
      Parent: DIGEST,
      LayerSources: { [DIGEST]: { mediaType: 'x', size: 1, digest: DIGEST } },
    },
  ],
  repositories: { app: { v1: 'a'.repeat(64), latest: 'b'.repeat(64) } },
  index: {
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    artifactType: 'application/x',
    manifests: [DESCRIPTOR],
    subject: DESCRIPTOR,
    annotations: { any: 'x' },
  },
  manifest: {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: 'application/x',
    config: { ...DESCRIPTOR, mediaType: OCI_CONFIG },
    layers: [DESCRIPTOR],
    subject: DESCRIPTOR,
    annotations: { any: 'x' },
  },
  'oci-layout': { imageLayoutVersion: '1.0.0' },
}

test.each(Object.entries(FULL))('%s that says all it may is no oddity', (kind, value) => {
  expect(oddities(kind as Document, value)).toEqual([])
})

describe('a field that nobody knows', () => {
  test.each<[Document, unknown, string]>([
    ['manifest.json', [{ Config: 'c', Layers: [], extra: 1 }], '[0].extra'],
    ['manifest.json', [{ Config: 'c' }, { Config: 'c', Foo: null }], '[1].Foo'],
    ['index', { schemaVersion: 2, manifests: [], extra: {} }, 'extra'],
    ['index', { schemaVersion: 2, manifests: [{ ...DESCRIPTOR, extra: 1 }] }, 'manifests[0].extra'],
    ['index', { manifests: [{ ...DESCRIPTOR, platform: { os: 'x', cpu: 1 } }] }, 'manifests[0].platform.cpu'],
    ['manifest', { schemaVersion: 2, config: { ...DESCRIPTOR, Extra: 1 }, layers: [] }, 'config.Extra'],
    ['manifest', { layers: [DESCRIPTOR, { ...DESCRIPTOR, sizes: 1 }] }, 'layers[1].sizes'],
    ['oci-layout', { imageLayoutVersion: '1.0.0', version: 1 }, 'version'],
    ['index', { 'a b': 1 }, 'a b'],
    ['index', { toString: 1 }, 'toString'],
  ])('is told with its path, in %s: %j', (kind, value, path) => {
    expect(oddities(kind, value)).toEqual([
      { code: 'UNKNOWN_FIELD', where: 'file', message: `unknown fields are ignored: ${path}` },
    ])
  })

  test('is told in one line, however many there are', () => {
    const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`x${at}`, at]))
    const [five] = oddities('oci-layout', fields(5))
    expect(five?.message).toBe('unknown fields are ignored: x0, x1, x2, x3, x4')
    const [many] = oddities('oci-layout', fields(1000))
    expect(many?.message).toBe('unknown fields are ignored: x0, x1, x2, x3, x4 and 995 more')
  })
})

describe('white space after the JSON', () => {
  test.each(['{}', '{}\n', '{}\r\n', '{\n}\n', '[]\n', '"a "', '{ }'])('is no oddity if it ends a line: %j', (text) => {
    expect(ended(text)).toEqual([])
  })

  test.each(['{} ', '{}\t', '{}\n ', '{}\n\n', '{}\r\n\r\n', '{}\n\t\n', '{}\n\n\n\n\n\n', '{} \n', '{}\t\r\n'])(
    'is told otherwise: %j',
    (text) => {
      expect(ended(text)).toEqual([{ code: 'TRAILING_SPACE', where: 'file', message: 'white space follows the JSON' }])
    },
  )

  test('is not looked for where the bytes are not given', () => {
    expect(oddities('oci-layout', FULL['oci-layout'])).toEqual([])
  })
})

test('a document may be odd in both ways', () => {
  const told = oddities('oci-layout', { imageLayoutVersion: '1.0.0', x: 1 }, Buffer.from('{} '))
  expect(told.map(({ code }) => code)).toEqual(['UNKNOWN_FIELD', 'TRAILING_SPACE'])
})

const SAMPLES = fileURLToPath(new URL('../../samples', import.meta.url))

test.each(readdirSync(SAMPLES).filter((name) => name.endsWith('.tar')))(
  'nothing is odd about what is in %s',
  async (name) => {
    const { warnings } = await converted(`${SAMPLES}/${name}`)
    expect(warnings.filter(({ code }) => code === 'UNKNOWN_FIELD' || code === 'TRAILING_SPACE')).toEqual([])
  },
)

test.each(['docker', 'docker-25', 'docker-legacy', 'oci'] as const)(
  'nothing is odd about what is written as %s',
  async (format) => {
    const { path } = await exported(dockerArchive(image()), { format })
    expect((await converted(path)).warnings).toEqual([])
  },
)

function oddities(kind: Document, value: unknown, bytes?: Buffer): Warning[] {
  const warnings: Warning[] = []
  const read = { kind, value, where: 'file', ...(bytes === undefined ? {} : { bytes }) }
  warnOfOddities(read, (warning) => void warnings.push(warning))
  return warnings
}

function ended(text: string): Warning[] {
  return oddities('index', JSON.parse(text), Buffer.from(text))
}
