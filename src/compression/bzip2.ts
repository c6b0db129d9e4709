import type { Bytes } from '../bytes/bytes.js'
import { unpackedInThread } from './unpackThread.js'

/**
 * Decompresses bzip2 data of one stream or several.
 * @throws ImageError FORMAT if the data is damaged, ends early, or is followed by something else
 */
export function unbzip2(bytes: Bytes): Bytes {
  return unpackedInThread(bytes, 'bzip2')
}
