import type { Packing } from '../spec/compression.js'
import { ImageError } from '../spec/errors.js'
import {
  isForeignLayer,
  isImageConfigType,
  isWasmLayer,
  layerCompression,
  mayBeImageConfigType,
} from '../spec/mediaTypes.js'
import { warnOfBytes } from '../spec/oddities.js'
import type { Descriptor, ImageConfig, Manifest } from '../spec/parse.js'
import type { Warn } from '../spec/warnings.js'

/** True for a manifest of an image that an engine can load: with a root file system, or of WebAssembly. */
export function isImage(manifest: Manifest): boolean {
  return hasImageConfig(manifest) && manifest.layers.every(isLayer)
}

/** True if the config belongs to an image. If its media type is ambiguous, the layers decide. */
export function hasImageConfig({ config, layers, artifactType }: Manifest): boolean {
  if (isImageConfigType(config.mediaType)) return true
  const saysNothing = mayBeImageConfigType(config.mediaType) && artifactType === undefined
  return saysNothing && layers.length > 0 && layers.every(isLayer)
}

function isLayer({ mediaType }: Descriptor): boolean {
  return layerCompression(mediaType) !== undefined || isForeignLayer(mediaType) || isWasmLayer(mediaType)
}

/** Returns why no engine loads a manifest that would be an image but for one of its layers; undefined for any other. */
export function oddLayerOf({ config, layers }: Manifest): string | undefined {
  const at = layers.findIndex((layer) => !isLayer(layer))
  if (at < 0 || !isImageConfigType(config.mediaType)) return undefined
  return `layer ${at} has the media type ${layers[at]?.mediaType}, which docker load does not know`
}

/** Returns the diffIDs of a config; undefined if it has no root file system, and so does not belong to an image. */
export function diffIDsOf(config: ImageConfig): readonly string[] | undefined {
  return config.rootfs === undefined ? undefined : (config.rootfs.diff_ids ?? [])
}

/**
 * Compares a manifest's layers with its config's diffIDs: their count, and each one that is known. Skips manifests
 * without layers, such as attestations.
 * @throws ImageError INTEGRITY with both values
 */
export async function assertLayersAgree(
  { layers }: Manifest,
  config: ImageConfig,
  diffIDOf: (layer: Descriptor, claimed: string) => Promise<string | undefined>,
): Promise<void> {
  const claimed = diffIDsOf(config)
  if (claimed === undefined) return
  const isTar = ({ mediaType }: Descriptor) => layerCompression(mediaType) !== undefined
  // The config need not name layers that are not tars.
  if (!layers.every(isTar) && claimed.length !== layers.length) return
  assertCount(claimed.length, layers.length)
  for (const [at, layer] of layers.entries()) {
    if (!isTar(layer)) continue
    const found = await diffIDOf(layer, claimed[at] ?? '')
    if (found !== undefined) assertDiffID(claimed[at], found, at)
  }
}

/** Warns about oddities in the config of an image. */
export function warnOfConfig({ config, bytes, where }: ReadConfig, warn: Warn): void {
  warnOfHistory(config, where, warn)
  if (config.rootfs !== undefined && config.rootfs.type === undefined) {
    warn({ code: 'MISSING_FIELD', message: 'its rootfs has no type; it is read as layers', where })
  }
  warnOfBytes(bytes, where, warn)
}

/** The config of an image, its bytes, and its name for messages. */
interface ReadConfig {
  config: ImageConfig
  bytes: Uint8Array
  where: string
}

/** Warns if the history has more or fewer layers than the image. An empty history is not odd. */
function warnOfHistory(config: ImageConfig, where: string, warn: Warn): void {
  const history = config.history ?? []
  const layers = diffIDsOf(config)?.length ?? 0
  const told = history.filter(({ empty_layer }) => empty_layer !== true).length
  if (history.length === 0 || told === layers) return
  warn({ code: 'HISTORY', message: `the history describes ${layerCount(told)}, but there are ${layers}`, where })
}

/** Warns if a layer's compression is not the one that its media type states. */
export function warnOfMediaType({ mediaType, digest }: Descriptor, found: Packing, warn: Warn): void {
  if (found === layerCompression(mediaType)) return
  const how = found === 'none' ? 'not compressed' : `compressed with ${found}`
  warn({ code: 'MEDIA_TYPE', message: `the layer is ${how}, although its media type is ${mediaType}`, where: digest })
}

/** Returns the count of layers in words. */
export function layerCount(layers: number): string {
  return layers === 1 ? '1 layer' : `${layers} layers`
}

/** @throws ImageError INTEGRITY unless there are as many layers as the config has diffIDs */
export function assertCount(claimed: number, found: number): void {
  if (claimed === found) return
  throw new ImageError('INTEGRITY', 'the count of layers differs', {
    expected: `${claimed} as in the config`,
    found,
  })
}

/** Returns the name of a layer's diffID in messages. */
export function diffIDName(at: number): string {
  return `diffID of layer ${at}`
}

/** @throws ImageError INTEGRITY unless the config has this diffID for the layer */
export function assertDiffID(claimed: string | undefined, found: string, at: number): void {
  if (claimed === found) return
  throw new ImageError('INTEGRITY', `${diffIDName(at)} differs`, { expected: claimed ?? 'none', found })
}
