/** Size of a tar block, and of a tar header, in bytes (POSIX pax, ustar interchange format). */
export const TAR_BLOCK = 512

/**
 * True if a block's checksum is that of a tar header. The sum is of unsigned bytes; some old writers summed signed
 * ones.
 */
export function checksumAgrees(block: Uint8Array): boolean {
  const stated = statedSum(block)
  let unsigned = 0
  let high = 0
  for (let at = 0; at < TAR_BLOCK; at++) {
    const byte = block[at] ?? 0
    unsigned += byte
    high += byte >> 7
  }
  // The sum counts its own field as spaces.
  for (let at = SUM; at < SUM_END; at++) {
    const byte = block[at] ?? 0
    unsigned += 0x20 - byte
    high -= byte >> 7
  }
  return stated === unsigned || stated === unsigned - 256 * high
}

const SUM = 148
const SUM_END = 156

/** Returns octal digits between spaces and NULs as a number; NaN for anything else. */
function statedSum(block: Uint8Array): number {
  let at = SUM
  while (at < SUM_END && isBlank(block[at])) at++
  const start = at
  let sum = 0
  for (; at < SUM_END && ((block[at] ?? 0) & 0xf8) === 0x30; at++) sum = sum * 8 + (block[at] ?? 0) - 0x30
  if (at === start) return Number.NaN
  while (at < SUM_END && isBlank(block[at])) at++
  return at === SUM_END ? sum : Number.NaN
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0
}

/** True if all bytes are zero, as at the end of an archive. */
export function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== 0) return false
  return true
}
