import type { Compression } from './compression.js'

/** OCI image index (OCI image-spec, image-index.md). */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
/** OCI image manifest (OCI image-spec, manifest.md). */
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
/** OCI image config (OCI image-spec, config.md). */
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json'
const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar'

const DOCKER_INDEX = 'application/vnd.docker.distribution.manifest.list.v2+json'
/** Docker's image manifest, schema 2 (distribution, manifest-v2-2.md). */
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json'
const DOCKER_LAYER = 'application/vnd.docker.image.rootfs.diff.tar'

/** True of an OCI index and of Docker's manifest list. */
export function isIndexType(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_INDEX
}

/** True of an OCI image manifest and of Docker's schema 2. */
export function isManifestType(mediaType: string): boolean {
  return mediaType === OCI_MANIFEST || mediaType === DOCKER_MANIFEST
}

/** True of a config that describes an image with a root file system. */
export function isImageConfigType(mediaType: string): boolean {
  return mediaType === OCI_CONFIG || mediaType === DOCKER_CONFIG
}

/** What old registries and tools gave configs (moby, distribution/pull_v2.go). Artifacts have such types, too. */
const OLD_CONFIGS: ReadonlySet<string> = new Set([
  '',
  'application/octet-stream',
  'application/json',
  'text/html',
  'text/plain',
])

/** True of a media type that engines take for that of an image's config if nothing speaks against it. */
export function mayBeImageConfigType(mediaType: string): boolean {
  return OLD_CONFIGS.has(mediaType)
}

/**
 * True of a WebAssembly module or component that containerd's shims run: a layer whose bytes are no tar. Each runtime
 * has types of its own (RFC 6838, 4.2.8: the suffix says what the bytes are).
 */
export function isWasmLayer(mediaType: string): boolean {
  return mediaType === 'application/wasm' || mediaType.endsWith('+wasm')
}

/** Media type of an OCI layer whose bytes are compressed so (OCI image-spec, layer.md). */
export function ociLayerType(compression: Compression): string {
  return compression === 'none' ? OCI_LAYER : `${OCI_LAYER}+${compression}`
}

/** Media type of a layer in a schema 2 manifest; none is defined for zstd. */
export function dockerLayerType(compression: 'none' | 'gzip'): string {
  return compression === 'none' ? DOCKER_LAYER : `${DOCKER_LAYER}.gzip`
}

/** Whether a media type says that the bytes are a layer's tar, and compressed how. Foreign layers are none of ours. */
export function layerCompression(mediaType: string): Compression | undefined {
  switch (mediaType) {
    case OCI_LAYER:
    case DOCKER_LAYER:
      return 'none'
    case `${OCI_LAYER}+gzip`:
    case `${DOCKER_LAYER}.gzip`:
      return 'gzip'
    case `${OCI_LAYER}+zstd`:
    case `${DOCKER_LAYER}.zstd`:
      return 'zstd'
    default:
      return undefined
  }
}

/** True of layers that stay where their `urls` say (OCI image-spec, layer.md, non-distributable; Docker's foreign). */
export function isForeignLayer(mediaType: string): boolean {
  return mediaType.includes('.nondistributable.') || mediaType.includes('.foreign.')
}
