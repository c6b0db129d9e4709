import { ImageError } from '../spec/errors.js'
import type { Library } from './library.js'

/**
 * Returns the library with functions that take an image by its very tag. By themselves they find it by its full name or
 * its digest as well.
 */
export function withExactTags(library: Library): Library {
  const { listTags, tagImage, removeTag, editConfig, stat, unpack, unpackRootfs, runtimeConfig } = library
  const { insert, insertWhiteout, addLayer } = library
  const exactly =
    <Args extends unknown[], Result>(work: (image: string, ...args: Args) => Promise<Result>) =>
    async (image: string, ...args: Args): Promise<Result> => {
      if (await isMissing(image, listTags)) throw new ImageError('NOT_FOUND', 'no such image', { where: tagIn(image) })
      return work(image, ...args)
    }
  return {
    ...library,
    tagImage: exactly(tagImage),
    editConfig: exactly(editConfig),
    stat: exactly(stat),
    unpack: exactly(unpack),
    unpackRootfs: exactly(unpackRootfs),
    runtimeConfig: exactly(runtimeConfig),
    insert: exactly(insert),
    insertWhiteout: exactly(insertWhiteout),
    addLayer: exactly(addLayer),
    removeTag: async (image, options) => ((await isMissing(image, listTags)) ? undefined : removeTag(image, options)),
  }
}

/** True if a layout can be read, and does not have the tag. The work itself reports one that cannot be read. */
async function isMissing(image: string, listTags: Library['listTags']): Promise<boolean> {
  try {
    const path = image.slice(PREFIX.length, image.indexOf(':', PREFIX.length))
    return !(await listTags(path)).includes(tagIn(image))
  } catch (error) {
    if (error instanceof ImageError) return false
    throw error
  }
}

/** The front writes each image as `oci:PATH:TAG`, and its paths have no colon. */
const PREFIX = 'oci:'

function tagIn(image: string): string {
  return image.slice(image.indexOf(':', PREFIX.length) + 1)
}
