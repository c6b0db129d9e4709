import { describe, expect, test } from 'vitest'
import { editIndex, editManifest } from '../../src/layer/edit.js'
import { digestOf } from '../../src/spec/digest.js'
import { DOCKER_MANIFEST, OCI_CONFIG, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import type { Descriptor, Manifest } from '../../src/spec/parse.js'

const [A, B, C] = [digestOf(Buffer.from('a')), digestOf(Buffer.from('b')), digestOf(Buffer.from('c'))]
const OCI_TAR = 'application/vnd.oci.image.layer.v1.tar'
const DOCKER_TAR = 'application/vnd.docker.image.rootfs.diff.tar'
const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json'
const ATTESTS = 'vnd.docker.reference.digest'

describe('a manifest with new layers', () => {
  test('has their media type, digest and size, and all else as it was, key by key', () => {
    const before = { ...manifest(OCI_MANIFEST, `${OCI_TAR}+gzip`), annotations: { a: 'b' }, 'x-own': 1 }
    const { document, mediaType } = editManifest(before, OCI_MANIFEST, {
      layers: changed('zstd'),
      documents: new Map(),
    })
    expect(mediaType).toBe(OCI_MANIFEST)
    expect(Object.keys(document)).toEqual(Object.keys(before))
    expect(document).toEqual({ ...before, layers: [{ mediaType: `${OCI_TAR}+zstd`, digest: C, size: 9 }] })
  })

  test('loses what was said of the old bytes and keeps what was said of the layer', () => {
    const before = manifest(OCI_MANIFEST, `${OCI_TAR}+gzip`, {
      urls: ['https://example.com'],
      annotations: {
        'containerd.io/snapshot/stargz/toc.digest': 'x',
        'io.github.containers.zstd-chunked.manifest-checksum': 'y',
        'com.example': 'kept',
      },
    })
    const [layer] = editManifest(before, OCI_MANIFEST, { layers: changed('gzip'), documents: new Map() }).document
      .layers
    expect(layer).toEqual({ ...layer, annotations: { 'com.example': 'kept' } })
    expect(layer).not.toHaveProperty('urls')
  })

  test('keeps the media types of Docker if it had them', () => {
    const before = manifest(DOCKER_MANIFEST, DOCKER_TAR)
    const { document, mediaType } = editManifest(before, DOCKER_MANIFEST, {
      layers: changed('gzip'),
      documents: new Map(),
    })
    expect(mediaType).toBe(DOCKER_MANIFEST)
    expect(document.layers).toEqual([{ mediaType: `${DOCKER_TAR}.gzip`, digest: C, size: 9 }])
    expect(document.config.mediaType).toBe(DOCKER_CONFIG)
  })

  test('of Docker becomes one of OCI with zstd, whole', () => {
    const before = manifest(DOCKER_MANIFEST, DOCKER_TAR)
    before.layers.push({ mediaType: `${DOCKER_TAR}.gzip`, digest: B, size: 2 })
    const { document, mediaType } = editManifest(before, DOCKER_MANIFEST, {
      layers: changed('zstd'),
      documents: new Map(),
    })
    expect([mediaType, document.mediaType, document.config.mediaType]).toEqual([OCI_MANIFEST, OCI_MANIFEST, OCI_CONFIG])
    expect(document.layers.map((layer) => layer.mediaType)).toEqual([`${OCI_TAR}+zstd`, `${OCI_TAR}+gzip`])
  })

  test('says no media type if it said none', () => {
    const { mediaType: _, ...before } = manifest(OCI_MANIFEST, OCI_TAR)
    expect(
      editManifest(before, OCI_MANIFEST, { layers: changed('gzip'), documents: new Map() }).document,
    ).not.toHaveProperty('mediaType')
  })
})

describe('an index', () => {
  const image = { mediaType: OCI_MANIFEST, digest: A, size: 1, platform: { os: 'linux', architecture: 'amd64' } }
  const attestation = { mediaType: OCI_MANIFEST, digest: B, size: 1, annotations: { [ATTESTS]: A, a: 'b' } }
  const index = { schemaVersion: 2 as const, manifests: [image, attestation], annotations: { c: 'd' } }

  test('points at new manifests, and what refers to them follows', () => {
    const now = new Map([[A, { mediaType: OCI_MANIFEST, digest: C, size: 9 }]])
    expect(editIndex(index, now, () => false)).toEqual({
      ...index,
      manifests: [
        { ...image, digest: C, size: 9 },
        { ...attestation, annotations: { [ATTESTS]: C, a: 'b' } },
      ],
    })
  })

  test('goes without what is dropped', () => {
    const dropped = editIndex(index, new Map(), ({ digest }) => digest === B)
    expect(dropped).toEqual({ ...index, manifests: [image] })
  })
})

function manifest(
  mediaType: typeof OCI_MANIFEST | typeof DOCKER_MANIFEST,
  layerType: string,
  more: Partial<Descriptor> = {},
): Manifest {
  const configType = mediaType === DOCKER_MANIFEST ? DOCKER_CONFIG : OCI_CONFIG
  return {
    schemaVersion: 2,
    mediaType,
    config: { mediaType: configType, digest: B, size: 1 },
    layers: [{ mediaType: layerType, digest: A, size: 1, ...more }],
  }
}

function changed(compression: 'gzip' | 'zstd') {
  return new Map([[A, { digest: C, size: 9, compression, diffID: B }]])
}
