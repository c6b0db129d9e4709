import type { Descriptor, ImageConfig, Manifest } from '../../spec/parse.js'

/** The documents of one image, and its history. */
export interface ImageStat {
  manifest: StatDocument<Manifest>
  /** Undefined if the config is neither that of an image nor the empty one: its content is then anything. */
  config: StatDocument<ImageConfig | undefined> | undefined
  /** Undefined if the image has no image config. */
  history: StatStep[] | undefined
}

/** A document, and what names it. */
export interface StatDocument<T> {
  descriptor: Descriptor
  /** Its JSON as it stands, without white space. */
  blob: string
  document: T
}

/** A step of the history. */
export interface StatStep {
  /** The layer that it made; undefined for none, and for one that the manifest lacks. */
  layer: Descriptor | undefined
  /** Digest of the uncompressed layer; empty for none. */
  diffID: string
  /** True if it made no layer. */
  isEmpty: boolean
  step: HistoryStep
}

type HistoryStep = NonNullable<ImageConfig['history']>[number]
