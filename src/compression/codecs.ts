import type { Bytes } from '../bytes/bytes.js'
import type { Looks } from '../bytes/sniff.js'
import type { Compression, GzipCompressor, Packing } from '../spec/compression.js'
import { unbzip2 } from './bzip2.js'
import { compressorOfGzip } from './deflaters.js'
import { gunzip, type OnRest } from './gunzip.js'
import { gzip } from './gzip.js'
import { unxz } from './xz.js'
import { unzstd, ZSTD_VERSION, zstd } from './zstd.js'

/** The compressor's settings, and how many blocks to compress at a time. */
export interface CompressOptions {
  /** The level of the chosen algorithm; its default if absent. */
  level?: number
  /** The encoder for gzip; if absent, the level decides. */
  compressor?: GzipCompressor
  jobs: number
  /** Stops the work, even in the middle of a block. */
  signal?: AbortSignal | undefined
}

/** Returns the compression that the content appears to have. */
export function packingOf(looks: Looks): Packing {
  return isPacked(looks) ? looks : 'none'
}

/** True for content that appears to be compressed. */
export function isPacked(looks: Looks): looks is Exclude<Packing, 'none'> {
  return looks === 'gzip' || looks === 'zstd' || looks === 'xz' || looks === 'bzip2'
}

/** Compresses bytes. */
export function compress(bytes: Bytes, compression: Compression, options: CompressOptions): Bytes {
  if (compression === 'gzip') return gzip(bytes, options)
  return compression === 'zstd' ? zstd(bytes, options) : bytes
}

/** Returns the name, for reports, of the compressor that `compress` uses. */
export function compressorOf(
  compression: Exclude<Compression, 'none'>,
  options: Pick<CompressOptions, 'level' | 'compressor'>,
): string {
  if (compression === 'zstd') return `zstd ${ZSTD_VERSION}`
  const compressor = compressorOfGzip(options)
  return compressor === 'zlib' ? `zlib ${process.versions.zlib}` : compressor
}

/**
 * Decompresses bytes; the data must end where the input ends.
 * @param onRest called if anything follows gzip data; if absent, anything but zeros is an error
 * @throws ImageError FORMAT if the data is damaged or ends early
 */
export function decompress(bytes: Bytes, packing: Packing, onRest?: OnRest): Bytes {
  return packing === 'none' ? bytes : DECOMPRESSORS[packing](bytes, onRest)
}

const DECOMPRESSORS: Record<Exclude<Packing, 'none'>, (bytes: Bytes, onRest?: OnRest) => Bytes> = {
  gzip: gunzip,
  zstd: unzstd,
  xz: unxz,
  bzip2: unbzip2,
}
