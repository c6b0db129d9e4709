import type { Packing } from '../../spec/compression.js'

/** An image, index or artifact of a source under all its names, as the source states it. Null means unknown. */
export interface Described {
  kind: 'image' | 'index' | 'attestation' | 'artifact' | 'broken'
  /** Familiar names; empty for children of an index and for an untagged image. */
  names: string[]
  /** Digest of the manifest or index; for an image without one, of the manifest that `convert` makes. */
  digest: string | null
  mediaType: string | null
  /** `os/arch` or `os/arch/variant`. */
  platform: string | null
  /** False if an index lists it and the source lacks it. */
  present: boolean
  /** For an image: digest of the config, the image ID. */
  config: string | null
  /** Time of its creation, as its config states it. */
  created: string | null
  author: string | null
  /** Settings for running it, as its config states them. */
  runs: Record<string, unknown> | null
  /** Bottom first. */
  layers: DescribedLayer[]
  /** Oldest first. */
  history: DescribedHistory[]
  /** For an index: its children. */
  manifests: Described[]
  /** For an attestation or artifact: digest of the manifest that it is about. */
  about: string | null
  /** For an artifact. */
  artifactType: string | null
  /** Reason why it cannot be used. */
  problem: string | null
}

/** A layer, as its descriptor or path and its first bytes show it. */
export interface DescribedLayer {
  mediaType: string | null
  /** Digest of the blob. */
  digest: string | null
  /** Size of the blob in bytes. */
  size: number | null
  diffID: string | null
  /** Compression, judged by the first bytes. */
  compression: Packing | null
  /** False if the source lacks it: foreign layers may stay elsewhere. */
  present: boolean
}

/** A step that made an image. */
export interface DescribedHistory {
  created: string | null
  createdBy: string | null
  comment: string | null
  /** Position of the layer that it made; null for none. */
  layer: number | null
}

/** Returns the approximate size of an image's description in bytes, from its config's size and its number of layers. */
export function sizeOfShown({ bytes, layers }: { bytes: number; layers: number }): number {
  return SHOWN + bytes + layers * SHOWN
}

/** Approximate size of a digest, a media type and their surroundings. */
const SHOWN = 300

/** A description with nothing known yet. */
export const UNKNOWN: Described = {
  kind: 'image',
  names: [],
  digest: null,
  mediaType: null,
  platform: null,
  present: true,
  config: null,
  created: null,
  author: null,
  runs: null,
  layers: [],
  history: [],
  manifests: [],
  about: null,
  artifactType: null,
  problem: null,
}
