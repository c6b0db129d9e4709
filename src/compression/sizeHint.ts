import type { Bytes } from '../bytes/bytes.js'
import { startOf } from '../bytes/cursor.js'
import type { Packing } from '../spec/compression.js'

/** Compressed content that can be looked into. */
export interface CompressedSize {
  packing: Packing
  /** Of the compressed bytes. */
  size: number
  /** Its bytes from `start` on. */
  open: (start: number) => Bytes
}

/** What deflate cannot do better than: it never makes content a thousandth longer. */
const LEAST = 0.999

/**
 * How long compressed content says that it is uncompressed, in bytes; undefined if it says nothing, or nothing that can
 * be true. It may be wrong all the same: gzip tells the length of its last member only, and that modulo 4 GiB.
 */
export async function sizeHint({ packing, size, open }: CompressedSize): Promise<number | undefined> {
  const hint = packing === 'gzip' ? await gzipHint(open, size) : packing === 'zstd' ? await zstdHint(open) : undefined
  return hint !== undefined && hint > size * LEAST - 1024 ? hint : undefined
}

/** The last four bytes of a gzip member (RFC 1952, ISIZE). */
async function gzipHint(open: CompressedSize['open'], size: number): Promise<number | undefined> {
  if (size < 18) return undefined
  const tail = await startOf(open(size - 4), 4)
  return tail.length < 4 ? undefined : tail.readUInt32LE()
}

/** The content size in the header of a zstd frame, which need not be there (RFC 8878, 3.1.1.1). */
async function zstdHint(open: CompressedSize['open']): Promise<number | undefined> {
  const header = await startOf(open(0), 18)
  const flags = header[4] ?? 0
  const isSingleSegment = (flags & 0x20) !== 0
  const at = 5 + (isSingleSegment ? 0 : 1) + ([0, 1, 2, 4][flags & 3] ?? 0)
  if (header.length < at + 8 || header.readUInt32LE() !== 0xfd2fb528) return undefined
  const code = flags >> 6
  if (code === 0) return isSingleSegment ? header[at] : undefined
  if (code === 1) return header.readUInt16LE(at) + 256
  return code === 2 ? header.readUInt32LE(at) : Number(header.readBigUInt64LE(at))
}
