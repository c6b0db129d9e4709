import type { Options } from '../bytes/context.js'
import type { RuntimeConfigOptions, UnpackOptions } from '../commands/bundleOptions.js'
import type { AddLayerOptions, InsertOptions, RepackOptions, ValidateOptions } from '../commands/layerOptions.js'
import type { ConfigEdit, GarbageOptions, NewImageOptions, StatOptions, TagOptions } from '../commands/layoutOptions.js'
import type { ImageStat } from '../image/stat/imageStat.js'

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
  tagImage(image: string, newTag: string, options: TagOptions): Promise<unknown>
  removeTag(image: string, options: Options): Promise<unknown>
  collectGarbage(path: string, options: GarbageOptions): Promise<{ removed: string[]; bytes: number }>
  editConfig(image: string, edit: ConfigEdit): Promise<EditedImage>
  stat(image: string, options: StatOptions): Promise<ImageStat>
  unpack(image: string, bundle: string, options: UnpackOptions): Promise<unknown>
  unpackRootfs(image: string, rootfs: string, options: UnpackOptions): Promise<unknown>
  repack(image: string, bundle: string, options: RepackOptions): Promise<EditedImage>
  insert(image: string, source: string, target: string, options: InsertOptions): Promise<EditedImage>
  insertWhiteout(image: string, target: string, options: AddLayerOptions): Promise<EditedImage>
  addLayer(image: string, tar: string, options: AddLayerOptions): Promise<EditedImage>
  validateMtree(mtree: string, directory: string, options: ValidateOptions): Promise<string[]>
  runtimeConfig(image: string, path: string, options: RuntimeConfigOptions): Promise<unknown>
}
