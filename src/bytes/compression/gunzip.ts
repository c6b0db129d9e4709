import { createGunzip } from 'node:zlib'
import { ImageError } from '../../spec/errors.js'
import { type Bytes, CHUNK } from '../bytes.js'
import { release } from '../release.js'
import { isZero } from '../tarChecksum.js'
import { through } from '../through.js'

/** How far the decompression may be ahead of who reads: an option of every stream, which the types leave out here. */
const AHEAD = { readableHighWaterMark: 2 * CHUNK }

/**
 * Decompresses gzip, of one member or several (RFC 1952); zeros after them are padding, as gzip itself has it.
 * @throws ImageError FORMAT if the data is damaged, ends early, or something else follows it
 */
export async function* gunzip(bytes: Bytes): Bytes {
  try {
    // Large chunks: with the default of 16 KiB the streams cost more than the decompression.
    const stream = createGunzip({ chunkSize: CHUNK, ...AHEAD })
    for await (const chunk of through(bytes, stream, { used: () => stream.bytesWritten, rest: assertPadding })) {
      yield chunk
      // The stream goes on to fill memory of which a chunk is only a part.
      if (chunk.byteOffset + chunk.length === chunk.buffer.byteLength) release(chunk)
    }
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
