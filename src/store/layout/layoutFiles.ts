import { readSmallFile } from '../../io/smallFile.js'
import { OCI_INDEX } from '../../spec/mediaTypes.js'
import { type Index, parseIndex } from '../../spec/parse.js'

/** The largest index of an existing layout that is read, in bytes; enough for 200,000 images. */
const INDEX_LIMIT = 64 * 1024 * 1024

/**
 * Returns the index of a layout directory; a new one if there is none yet.
 * @param path of the index
 * @param where the same path as the user knows it
 * @throws ImageError UNSAFE for anything but a file, FORMAT
 */
export function readIndex(path: string, where = path): Index {
  return indexIn(readIndexBytes(path, where), where)
}

/**
 * Returns the bytes of the index; undefined if there is none yet.
 * @throws ImageError UNSAFE for anything but a file
 */
export function readIndexBytes(path: string, where = path): Buffer | undefined {
  return readSmallFile(path, { limit: INDEX_LIMIT, where })?.bytes
}

/** Returns the index that these bytes are; a new one if there are none. @throws ImageError FORMAT */
export function indexIn(bytes: Buffer | undefined, where: string): Index {
  return bytes === undefined ? NEW_INDEX : parseIndex(bytes, where)
}

const NEW_INDEX: Index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }
