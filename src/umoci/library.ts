import type { Options } from '../bytes/context.js'
import type { ConfigEdit, GarbageOptions, NewImageOptions } from '../commands/layoutOptions.js'

/** Digests of an image that was made or changed. */
interface EditedImage {
  /** Of what the tag names: the manifest, or an index above it. */
  digest: string
  manifest: string
}

/** The functions of the library that do the work of the commands. Who calls the front loads them as they are needed. */
export interface Library {
  initLayout(path: string): Promise<void>
  newImage(image: string, options: NewImageOptions): Promise<EditedImage>
  listTags(path: string): Promise<string[]>
  tagImage(image: string, newTag: string, options: Options): Promise<unknown>
  removeTag(image: string, options: Options): Promise<unknown>
  collectGarbage(path: string, options: GarbageOptions): Promise<{ removed: string[]; bytes: number }>
  editConfig(image: string, edit: ConfigEdit): Promise<EditedImage>
}
