import { ImageError } from '../spec/errors.js'
import { layerCompression } from '../spec/mediaTypes.js'
import type { ImageConfig, Manifest } from '../spec/parse.js'
import type { NewLayers } from './edit.js'

/** The diffIDs of a config; undefined if it describes no root file system, so is none of an image. */
export function diffIDsOf(config: ImageConfig): readonly string[] | undefined {
  return config.rootfs === undefined ? undefined : (config.rootfs.diff_ids ?? [])
}

/**
 * Compares a manifest's layers with its config's diffIDs as far as they are known: how many, those of plain layers
 * (whose digest is the diffID), those that were decompressed. What holds no layers, like an attestation, is let be.
 * @throws ImageError INTEGRITY with both values
 */
export function assertLayersAgree(manifest: Manifest, config: ImageConfig, layers: NewLayers): void {
  const claimed = diffIDsOf(config)
  const kinds = manifest.layers.map(({ mediaType }) => layerCompression(mediaType))
  if (claimed === undefined || kinds.includes(undefined)) return
  assertCount(claimed.length, kinds.length)
  for (const [at, { digest }] of manifest.layers.entries()) {
    const found = layers.get(digest)?.diffID ?? (kinds[at] === 'none' ? digest : undefined)
    if (found !== undefined) assertDiffID(claimed[at], found, at)
  }
}

/** @throws ImageError INTEGRITY unless there are as many layers as the config has diffIDs */
export function assertCount(claimed: number, found: number): void {
  if (claimed === found) return
  throw new ImageError('INTEGRITY', 'the count of layers differs', {
    expected: `${claimed} as in the config`,
    found,
  })
}

/** @throws ImageError INTEGRITY unless a layer is the one that the config names there */
export function assertDiffID(claimed: string | undefined, found: string, at: number): void {
  if (claimed === found) return
  throw new ImageError('INTEGRITY', `diffID of layer ${at} differs`, { expected: claimed ?? 'none', found })
}
