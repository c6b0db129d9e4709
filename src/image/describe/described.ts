import type { Packing } from '../../spec/compression.js'

/** What a source offers under one name or several, as it states it. Null stands for what is not known. */
export interface Described {
  kind: 'image' | 'index' | 'attestation' | 'artifact' | 'broken'
  /** Familiar names; none for what an index lists, and for an untagged image. */
  names: string[]
  /** Of the manifest or index; of an image without one, of the manifest that `convert` gives it. */
  digest: string | null
  mediaType: string | null
  /** `os/arch` or `os/arch/variant`. */
  platform: string | null
  /** Whether it is in the source: an index may list images that are not. */
  present: boolean
  /** Of an image: digest of the config, the image ID. */
  config: string | null
  /** When it was made, as the config says it. */
  created: string | null
  author: string | null
  /** How it is run, as the config has it. */
  runs: Record<string, unknown> | null
  /** Bottom first. */
  layers: DescribedLayer[]
  /** Oldest first. */
  history: DescribedHistory[]
  /** Of an index: what it lists. */
  manifests: Described[]
  /** Of an attestation or artifact: digest of the manifest that it is about. */
  about: string | null
  /** Of an artifact. */
  artifactType: string | null
  /** Of what cannot be read: why. */
  problem: string | null
}

/** A layer, as far as it can be told from what names it and its first bytes. */
export interface DescribedLayer {
  mediaType: string | null
  /** Of the blob. */
  digest: string | null
  /** Of the blob, in bytes. */
  size: number | null
  diffID: string | null
  /** How the bytes are compressed, by their look. */
  compression: Packing | null
  /** Whether it is in the source: foreign layers may stay elsewhere. */
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

/** How much an image takes that is shown, in bytes or so: what its config says, and its layers. */
export function sizeOfShown({ bytes, layers }: { bytes: number; layers: number }): number {
  return SHOWN + bytes + layers * SHOWN
}

/** A digest, a media type, and what is around them. */
const SHOWN = 300

/** A description in which nothing is known yet. */
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
