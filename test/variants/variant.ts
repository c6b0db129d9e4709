import { digestOf, hexOf } from '../../src/spec/digest.js'
import type { WarningCode } from '../../src/spec/warnings.js'
import { NAME, stacked } from '../fixtures/archives.js'
import type { Image } from '../fixtures/image.js'
import { type EntrySpec, tar } from '../fixtures/tar.js'

/** An archive that some readers take and others do not, and what transload makes of it. */
export interface Variant {
  /** A number that was given once, and a word or two. */
  name: string
  /** What is special about it, as a sentence goes on. */
  what: string
  /** Its bytes; the same ones every time. */
  build(): Promise<Buffer> | Buffer
  outcome: Outcome
  /** What is special is in the tar around the files, or in its compression, and gone once it is unpacked. */
  isInTar?: boolean
}

/** What comes of a variant by every door. */
export type Outcome = { reads: Reading } | { refuses: RegExp }

/** What is in the layout then. */
export interface Reading {
  /** How many different images. */
  images: number
  /** Full names, sorted. */
  names: readonly string[]
  /** Sorted, each once. */
  warnings: readonly WarningCode[]
}

/** A layer of one file. */
export const LAYER = tar([{ name: 'one', content: 'one' }])

/** Another one. */
export const OTHER_LAYER = tar([{ name: 'two', content: 'two' }])

/** An image of one layer that is called {@link NAME}. */
export const APP = stacked([LAYER])

/** An image of two layers that is called so. */
export const TWO = stacked([LAYER, OTHER_LAYER])

/** One image under its name. */
export function reads(...warnings: WarningCode[]): Outcome {
  return readsAs([NAME], ...warnings)
}

/** One image that has no name. */
export function readsUntagged(...warnings: WarningCode[]): Outcome {
  return { reads: { images: 1, names: [], warnings } }
}

/** One image under each of these names. */
export function readsAs(names: readonly string[], ...warnings: WarningCode[]): Outcome {
  return { reads: { images: names.length, names, warnings } }
}

/** The name of a config's file, as Docker gives it. */
export function configName({ config }: Pick<Image, 'config'>): string {
  return `${hexOf(digestOf(config))}.json`
}

/** A manifest.json of these items. */
export function table(...items: unknown[]): EntrySpec {
  return { name: 'manifest.json', content: JSON.stringify(items) }
}

/** {@link APP} with its layer as `a.tar`, and with whatever manifest.json says. */
export function appBeside(manifest: string): Buffer {
  const files = [
    { name: 'a.tar', content: LAYER },
    { name: configName(APP), content: APP.config },
  ]
  return tar([...files, { name: 'manifest.json', content: manifest }])
}

/** What manifest.json says of it. */
export function appItem(): { Config: string; RepoTags: string[] | null; Layers: string[] } {
  return { Config: configName(APP), RepoTags: APP.tags, Layers: ['a.tar'] }
}
