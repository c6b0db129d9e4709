import type { Compression } from '../../spec/compression.js'
import { ImageError } from '../../spec/errors.js'
import type { Bytes } from '../bytes.js'
import type { Looks } from '../sniff.js'
import { gunzip } from './gunzip.js'
import { gzip } from './gzip.js'
import { unzstd, zstd } from './zstd.js'

/** How hard to compress, and how many blocks at a time. */
export interface CompressOptions {
  /** Of the algorithm chosen; its default if absent. */
  level?: number
  jobs: number
}

/** How content that looks so is compressed, as far as layers may be. */
export function compressionOf(looks: Looks): Compression {
  if (looks === 'xz' || looks === 'bzip2') {
    throw new ImageError('UNSUPPORTED', `layers compressed with ${looks} are not read yet`, {
      hint: `unpack the archive, decompress the layer with ${looks}, and convert the directory`,
    })
  }
  return looks === 'gzip' || looks === 'zstd' ? looks : 'none'
}

/** Compresses bytes. */
export function compress(bytes: Bytes, compression: Compression, options: CompressOptions): Bytes {
  if (compression === 'gzip') return gzip(bytes, options)
  return compression === 'zstd' ? zstd(bytes, options) : bytes
}

/** Decompresses bytes; the end of the input is the end of the data. */
export function decompress(bytes: Bytes, compression: Compression): Bytes {
  if (compression === 'gzip') return gunzip(bytes)
  return compression === 'zstd' ? unzstd(bytes) : bytes
}
