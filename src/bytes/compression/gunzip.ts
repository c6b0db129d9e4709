import { createGunzip } from 'node:zlib'
import { ImageError } from '../../spec/errors.js'
import { type Bytes, CHUNK } from '../bytes.js'
import { through } from '../through.js'

/**
 * Decompresses gzip, of one member or several (RFC 1952).
 * @throws ImageError FORMAT if the data is damaged or ends early
 */
export async function* gunzip(bytes: Bytes): Bytes {
  try {
    // Large chunks: with the default of 16 KiB the streams cost more than the decompression.
    yield* through(bytes, createGunzip({ chunkSize: CHUNK }))
  } catch (error) {
    if (!isZlibError(error)) throw error
    throw new ImageError('FORMAT', `gzip data is damaged: ${error.message}`, { cause: error })
  }
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(Z_|ERR_TRAILING_JUNK)/.test(String(error.code))
}
