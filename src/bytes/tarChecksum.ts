/** Size of a tar block, and of a tar header, in bytes (POSIX pax, ustar interchange format). */
export const TAR_BLOCK = 512

/**
 * True if a block's checksum is that of a tar header. The sum is of unsigned bytes; some old writers summed signed ones.
 */
export function checksumAgrees(block: Uint8Array): boolean {
  const text = Buffer.from(block.subarray(148, 156)).toString('latin1')
  const stated = /^[ \0]*([0-7]+)[ \0]*$/.exec(text)?.[1]
  if (stated === undefined) return false
  let unsigned = 0
  let signed = 0
  for (let at = 0; at < TAR_BLOCK; at++) {
    const byte = at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0)
    unsigned += byte
    signed += byte > 127 ? byte - 256 : byte
  }
  const sum = Number.parseInt(stated, 8)
  return sum === unsigned || sum === signed
}

/** True if all bytes are zero, as in the end of an archive. */
export function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== 0) return false
  return true
}
