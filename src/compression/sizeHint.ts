import type { Bytes } from '../bytes/bytes.js'
import { startOf } from '../bytes/cursor.js'
import type { Packing } from '../spec/compression.js'

/** Compressed content with random access. */
export interface CompressedSize {
  packing: Packing
  /** Size of the compressed bytes. */
  size: number
  /** Returns the compressed bytes from `start` on. */
  open: (start: number) => Bytes
}

/** The least ratio of uncompressed to compressed size: deflate never expands content by as much as a thousandth. */
const LEAST = 0.999

/**
 * Returns the uncompressed size that compressed content states, in bytes; undefined if it states none, or an impossible
 * one. The size may still be wrong: gzip states that of its last member only, modulo 4 GiB.
 */
export async function sizeHint({ packing, size, open }: CompressedSize): Promise<number | undefined> {
  const hint = packing === 'gzip' ? await gzipHint(open, size) : packing === 'zstd' ? await zstdHint(open) : undefined
  return hint !== undefined && hint > size * LEAST - 1024 ? hint : undefined
}

/** Reads the last four bytes of a gzip member (RFC 1952, ISIZE). */
async function gzipHint(open: CompressedSize['open'], size: number): Promise<number | undefined> {
  if (size < 18) return undefined
  const tail = await startOf(open(size - 4), 4)
  return tail.length < 4 ? undefined : tail.readUInt32LE()
}

/** Reads the optional content size in the header of a zstd frame (RFC 8878, 3.1.1.1). */
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
