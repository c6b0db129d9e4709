import { expect, test } from 'vitest'
import {
  DOCKER_MANIFEST,
  dockerLayerType,
  isForeignLayer,
  isImageConfigType,
  isIndexType,
  isManifestType,
  layerCompression,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_MANIFEST,
  ociLayerType,
} from '../../src/spec/mediaTypes.js'

const OCI = 'application/vnd.oci.image'
const DOCKER = 'application/vnd.docker'

test('the kinds of document are told apart, of OCI and Docker alike', () => {
  const types = [
    OCI_INDEX,
    `${DOCKER}.distribution.manifest.list.v2+json`,
    OCI_MANIFEST,
    DOCKER_MANIFEST,
    OCI_CONFIG,
    `${DOCKER}.container.image.v1+json`,
    `${OCI}.layer.v1.tar`,
    '',
  ]
  expect(types.filter(isIndexType)).toEqual(types.slice(0, 2))
  expect(types.filter(isManifestType)).toEqual(types.slice(2, 4))
  expect(types.filter(isImageConfigType)).toEqual(types.slice(4, 6))
})

test.each([
  [`${OCI}.layer.v1.tar`, 'none'],
  [`${OCI}.layer.v1.tar+gzip`, 'gzip'],
  [`${OCI}.layer.v1.tar+zstd`, 'zstd'],
  [`${DOCKER}.image.rootfs.diff.tar`, 'none'],
  [`${DOCKER}.image.rootfs.diff.tar.gzip`, 'gzip'],
  [`${DOCKER}.image.rootfs.diff.tar.zstd`, 'zstd'],
  [`${DOCKER}.image.rootfs.foreign.diff.tar.gzip`, undefined],
  [`${OCI}.layer.nondistributable.v1.tar`, undefined],
  ['application/vnd.in-toto+json', undefined],
])('%s is a layer that is compressed with: %s', (mediaType, compression) => {
  expect(layerCompression(mediaType)).toBe(compression)
})

test('the media type of a layer says its compression', () => {
  for (const compression of ['none', 'gzip', 'zstd'] as const) {
    expect(layerCompression(ociLayerType(compression))).toBe(compression)
  }
  for (const compression of ['none', 'gzip'] as const) {
    expect(layerCompression(dockerLayerType(compression))).toBe(compression)
  }
})

test.each([
  [`${DOCKER}.image.rootfs.foreign.diff.tar.gzip`, true],
  [`${OCI}.layer.nondistributable.v1.tar+zstd`, true],
  [`${OCI}.layer.v1.tar+gzip`, false],
])('%s is foreign: %s', (mediaType, isForeign) => {
  expect(isForeignLayer(mediaType)).toBe(isForeign)
})
