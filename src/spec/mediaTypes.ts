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

/** True for an OCI index and Docker's manifest list. */
export function isIndexType(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_INDEX
}

/** True for an OCI image manifest and Docker's schema 2. */
export function isManifestType(mediaType: string): boolean {
  return mediaType === OCI_MANIFEST || mediaType === DOCKER_MANIFEST
}

/** True for the config of an image with a root file system. */
export function isImageConfigType(mediaType: string): boolean {
  return mediaType === OCI_CONFIG || mediaType === DOCKER_CONFIG
}

/** Config types of old registries and tools (moby, distribution/pull_v2.go). Artifacts use them, too. */
const OLD_CONFIGS: ReadonlySet<string> = new Set([
  '',
  'application/octet-stream',
  'application/json',
  'text/html',
  'text/plain',
])

/** True if engines take the type for an image config's when nothing contradicts it. */
export function mayBeImageConfigType(mediaType: string): boolean {
  return OLD_CONFIGS.has(mediaType)
}

/**
 * True for a WebAssembly module or component that containerd's shims run: a layer that is not a tar. Each runtime has
 * its own types, so the suffix decides (RFC 6838, 4.2.8).
 */
export function isWasmLayer(mediaType: string): boolean {
  return mediaType === 'application/wasm' || mediaType.endsWith('+wasm')
}

/** Returns the media type of an OCI layer with this compression (OCI image-spec, layer.md). */
export function ociLayerType(compression: Compression): string {
  return compression === 'none' ? OCI_LAYER : `${OCI_LAYER}+${compression}`
}

/** Returns the media type of a layer in a schema 2 manifest; none is defined for zstd. */
export function dockerLayerType(compression: 'none' | 'gzip'): string {
  return compression === 'none' ? DOCKER_LAYER : `${DOCKER_LAYER}.gzip`
}

/** Returns the compression of a layer's tar by its media type; undefined for other types, foreign layers included. */
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

/** True for layers that stay at their `urls` (OCI image-spec, layer.md, non-distributable; Docker's foreign). */
export function isForeignLayer(mediaType: string): boolean {
  return mediaType.includes('.nondistributable.') || mediaType.includes('.foreign.')
}
