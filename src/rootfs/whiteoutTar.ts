import { encodeEntry } from '../tar/encodeEntry.js'
import { END } from '../tar/write.js'
import { whiteoutHeader } from './packer.js'
import { whiteoutOf } from './packPlan.js'

/** Returns the tar of a layer that only removes a path, a binary string. @throws ImageError UNSAFE */
export function whiteoutTar(path: string): Buffer {
  return Buffer.concat([encodeEntry(whiteoutHeader(whiteoutOf(path).path)), END])
}
