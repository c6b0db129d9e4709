import type { Bytes } from '../bytes/bytes.js'
import type { Looks } from '../bytes/sniff.js'
import type { Compression, GzipCompressor, Packing } from '../spec/compression.js'
import { unbzip2 } from './bzip2.js'
import { compressorOfGzip } from './deflaters.js'
import { gunzip, type OnRest } from './gunzip.js'
import { gzip } from './gzip.js'
import { unxz } from './xz.js'
import { unzstd, ZSTD_VERSION, zstd } from './zstd.js'

/** How hard to compress, and how many blocks at a time. */
export interface CompressOptions {
  /** Of the algorithm chosen; its default if absent. */
  level?: number
  /** Of gzip; chosen by the level if absent. */
  compressor?: GzipCompressor
  jobs: number
  /** Stops it, also while blocks are at work. */
  signal?: AbortSignal | undefined
}

/** How content that looks so is compressed. */
export function packingOf(looks: Looks): Packing {
  return isPacked(looks) ? looks : 'none'
}

/** True of what looks compressed. */
export function isPacked(looks: Looks): looks is Exclude<Packing, 'none'> {
  return looks === 'gzip' || looks === 'zstd' || looks === 'xz' || looks === 'bzip2'
}

/** Compresses bytes. */
export function compress(bytes: Bytes, compression: Compression, options: CompressOptions): Bytes {
  if (compression === 'gzip') return gzip(bytes, options)
  return compression === 'zstd' ? zstd(bytes, options) : bytes
}

/** What `compress` uses, as reports name it. */
export function compressorOf(
  compression: Exclude<Compression, 'none'>,
  options: Pick<CompressOptions, 'level' | 'compressor'>,
): string {
  if (compression === 'zstd') return `zstd ${ZSTD_VERSION}`
  const compressor = compressorOfGzip(options)
  return compressor === 'zlib' ? `zlib ${process.versions.zlib}` : compressor
}

/**
 * Decompresses bytes; the end of the input is the end of the data.
 * @param onRest told of what follows gzip data; anything but zeros is an error if absent
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
