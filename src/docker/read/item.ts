import type { Digest } from '../../spec/digest.js'
import type { ImageConfig } from '../../spec/parse.js'

/** An image as manifest.json states it. */
export interface Item {
  /** Full names, in order, each once. */
  names: string[]
  config: { digest: Digest; bytes: Buffer; parsed: ImageConfig }
  /** Paths in the archive, bottom first. */
  layers: readonly string[]
  /** Bottom first. There are as many as `layers`, unless the archive is inconsistent. */
  diffIDs: readonly string[]
  /** True if the item has LayerSources, as Docker 25 and later write for every layer. */
  hasSources: boolean
}

/** An image of manifest.json that cannot be read. */
export interface BrokenItem {
  names: string[]
  /** Path of the config. */
  label: string
  /** See {@link Item}. */
  layers: readonly string[]
  failure: unknown
  /** Set if the failure is that the item is not an image; says why. */
  noImage?: string
}
