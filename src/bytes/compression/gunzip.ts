import { createGunzip } from 'node:zlib'
import { ImageError } from '../../spec/errors.js'
import { type Bytes, CHUNK } from '../bytes.js'
import { isZero } from '../tarChecksum.js'
import { through } from '../through.js'

/**
 * Decompresses gzip, of one member or several (RFC 1952); zeros after them are padding, as gzip itself has it.
 * @throws ImageError FORMAT if the data is damaged, ends early, or something else follows it
 */
export async function* gunzip(bytes: Bytes): Bytes {
  try {
    // Large chunks: with the default of 16 KiB the streams cost more than the decompression.
    const stream = createGunzip({ chunkSize: CHUNK })
    yield* through(bytes, stream, { used: () => stream.bytesWritten, rest: assertPadding })
  } catch (error) {
    if (!isZlibError(error)) throw error
    throw new ImageError('FORMAT', `gzip data is damaged: ${error.message}`, { cause: error })
  }
}

function assertPadding(rest: Uint8Array): void {
  if (isZero(rest)) return
  throw new ImageError('FORMAT', 'gzip data is damaged: something follows it')
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(Z_|ERR_TRAILING_JUNK)/.test(String(error.code))
}
