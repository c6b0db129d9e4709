import type { ManifestNode } from '../layer/nodeTable.js'
import { ImageError } from '../spec/errors.js'
import { textOf } from '../spec/json/goText.js'
import { RawObject, rawItems } from '../spec/json/rawObject.js'
import { DOCKER_MANIFEST, dockerLayerType, isForeignLayer, layerCompression, ociLayerType } from '../spec/mediaTypes.js'
import type { Descriptor } from '../spec/parse.js'
import { descriptorText } from '../store/descriptorText.js'

/** Returns the layers of an image above its base, as its manifest has them. */
export function ownLayers(manifest: ManifestNode, below: number): string[] {
  return layerTexts(manifest).slice(below)
}

/**
 * Returns the layers of a base for the manifest of an image: as they stand, or with the media types of that manifest.
 * @throws ImageError UNSUPPORTED for zstd in a Docker manifest
 */
export function baseLayers(base: ManifestNode, image: ManifestNode): string[] {
  const texts = layerTexts(base)
  if (isDocker(base) === isDocker(image)) return texts
  return base.document.layers.map((layer, at) => {
    const mediaType = typeIn(image, layer)
    return descriptorText(texts[at] ?? '{}', layer, { ...layer, mediaType })
  })
}

function layerTexts({ bytes }: ManifestNode): string[] {
  return rawItems(RawObject.struct(textOf(bytes), []).get('layers') ?? '[]')
}

function isDocker({ descriptor }: ManifestNode): boolean {
  return descriptor.mediaType === DOCKER_MANIFEST
}

function typeIn(image: ManifestNode, { mediaType, digest }: Descriptor): string {
  const compression = layerCompression(mediaType)
  if (compression === undefined || isForeignLayer(mediaType)) return mediaType
  if (!isDocker(image)) return ociLayerType(compression)
  if (compression !== 'zstd') return dockerLayerType(compression)
  throw new ImageError('UNSUPPORTED', 'a Docker manifest has no media type for zstd layers', {
    where: digest,
    hint: 'convert the new base with --layers gzip',
  })
}
