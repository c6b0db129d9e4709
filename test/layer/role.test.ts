import { describe, expect, test } from 'vitest'
import { isFalseAttestation, type Role, rolesIn } from '../../src/layer/role.js'
import { digestOf } from '../../src/spec/digest.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, ociLayerType } from '../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../src/spec/parse.js'
import { walkGraph } from '../../src/store/graph.js'
import { addAttestation, attesting, NO_PLATFORM } from '../fixtures/archives.js'
import { addBlob, addImage, addIndex, image } from '../fixtures/image.js'
import { MemoryLayout } from '../fixtures/memory.js'

const source = new MemoryLayout()
const layout = { blobs: source.blobs, manifests: [] }
const SUBJECT = digestOf(Buffer.from('subject'))
const AMD64 = { os: 'linux', architecture: 'amd64' }
const TYPE = 'vnd.docker.reference.type'
const DIGEST = 'vnd.docker.reference.digest'
const LAYER = addBlob(layout, image().layers[0] ?? Buffer.alloc(0), ociLayerType('none'))
const STATEMENT = addBlob(layout, Buffer.from('{}'), 'application/vnd.in-toto+json')

/** Contents, claimed by nobody to be anything. */
const IMAGE = addImage(layout, image())
const INDEX = addIndex(layout, [IMAGE])
const ATTESTATION = addAttestation(layout)
const MIXED = addManifest([LAYER, STATEMENT])
const BLOB = addBlob(layout, Buffer.from('text'), 'text/plain')
const EMPTY = addManifest([])
const EMPTY_ARTIFACT = addManifest([], 'application/vnd.oci.empty.v1+json')
const ABSENT = { mediaType: OCI_MANIFEST, digest: digestOf(Buffer.from('absent')), size: 6 }

describe('content that is there', () => {
  test.each<[string, Descriptor, Role['kind'], boolean]>([
    ['an image', IMAGE, 'image', true],
    ['an index', INDEX, 'index', true],
    ['a manifest of statements', ATTESTATION, 'attestation', false],
    ['a manifest of a layer and a statement', MIXED, 'artifact', true],
    ['a blob of an unknown type', BLOB, 'artifact', true],
    ['an image without layers', EMPTY, 'image', true],
    ['an artifact without layers', EMPTY_ARTIFACT, 'attestation', false],
  ])('%s is what it is, whatever platform a claim to attest comes with', async (_, content, kind, isFalse) => {
    for (const platform of [{}, { platform: AMD64 }, { platform: NO_PLATFORM }]) {
      expect(await judged({ ...attesting(content, SUBJECT), ...platform })).toEqual({ kind, isFalse })
      expect(await judged({ ...attesting(content, content.digest), ...platform })).toEqual({ kind, isFalse })
    }
  })

  test.each<[string, Record<string, string>, boolean]>([
    ['a type alone', { [TYPE]: 'attestation-manifest' }, true],
    ['a digest alone', { [DIGEST]: SUBJECT }, true],
    ['a digest and another type', { [DIGEST]: SUBJECT, [TYPE]: 'signature' }, true],
    ['what is no digest', { [DIGEST]: 'app:v1', [TYPE]: 'attestation-manifest' }, true],
    ['nothing', {}, false],
  ])('is no attestation by %s; an image stays one, and an artifact one', async (_, annotations, isFalse) => {
    expect(await judged({ ...IMAGE, annotations })).toEqual({ kind: 'image', isFalse })
    expect(await judged({ ...INDEX, annotations })).toEqual({ kind: 'index', isFalse })
    expect(await judged({ ...ATTESTATION, annotations })).toEqual({ kind: 'artifact', isFalse: false })
  })

  test('that is listed twice is judged by each entry', async () => {
    const entries = [ATTESTATION, attesting(ATTESTATION, SUBJECT)]
    const roleOf = rolesIn(await walkGraph(source, entries))
    expect(entries.map(roleOf)).toEqual([
      { kind: 'artifact', about: undefined },
      { kind: 'attestation', about: SUBJECT },
    ])
  })
})

describe('content that is not there', () => {
  test.each<[string, Descriptor, Role['kind'], boolean]>([
    [
      'an attestation if it says so and has no platform',
      { ...attesting(ABSENT, SUBJECT), platform: NO_PLATFORM },
      'attestation',
      false,
    ],
    ['an image if it has a platform', { ...attesting(ABSENT, SUBJECT), platform: AMD64 }, 'image', true],
    ['an image if its config may have a platform', attesting(ABSENT, SUBJECT), 'image', true],
    ['an image by its media type', ABSENT, 'image', false],
    [
      'an index by its media type',
      { ...attesting(ABSENT, SUBJECT), mediaType: OCI_INDEX, platform: NO_PLATFORM },
      'index',
      true,
    ],
    ['an artifact by its artifact type', { ...ABSENT, artifactType: 'a/b', platform: NO_PLATFORM }, 'artifact', false],
    ['an artifact by its media type', { ...ABSENT, mediaType: 'text/plain' }, 'artifact', false],
  ])('is %s', async (_, entry, kind, isFalse) => {
    expect(await judged(entry)).toEqual({ kind, isFalse })
  })
})

async function judged(entry: Descriptor) {
  const nodes = await walkGraph(source, [addIndex(layout, [entry])])
  const role = rolesIn(nodes)(entry)
  return { kind: role.kind, isFalse: isFalseAttestation(entry, role) }
}

function addManifest(layers: Descriptor[], configType = OCI_CONFIG): Descriptor {
  const config = addBlob(layout, Buffer.from('{}'), configType)
  return addBlob(layout, canonicalJSON({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }), OCI_MANIFEST)
}
