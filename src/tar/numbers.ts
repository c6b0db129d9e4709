import { TAR_BLOCK } from '../bytes/tarChecksum.js'
import { ImageError } from '../spec/errors.js'

/** The smallest size that twelve bytes of octal cannot say. */
export const OCTAL_LIMIT = 8 ** 11

/** How many bytes fill the last block of content. */
export function padding(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK
}

/**
 * A number field of a tar header: octal text, or base-256 with the top bit set where octal has no room (GNU, star).
 * @throws ImageError FORMAT for anything else, negative numbers, and numbers beyond 2^53
 */
export function parseNumber(field: Uint8Array, name: string): number {
  const first = field[0] ?? 0
  if (first & 0x80) return base256(field, name)
  const text = Buffer.from(field).toString('latin1')
  const digits = /^[ \0]*([0-7]*)[ \0]*/.exec(text)
  if (digits === null || digits[0].length < text.replace(/\0.*$/s, '').length) {
    throw new ImageError('FORMAT', `${name} in a tar header is not a number`, { found: JSON.stringify(text) })
  }
  return digits[1] === '' ? 0 : Number.parseInt(digits[1] ?? '0', 8)
}

function base256(field: Uint8Array, name: string): number {
  if ((field[0] ?? 0) & 0x40) throw new ImageError('FORMAT', `${name} in a tar header is negative`)
  let value = (field[0] ?? 0) & 0x3f
  for (const byte of field.subarray(1)) {
    value = value * 256 + byte
    if (value > Number.MAX_SAFE_INTEGER) throw new ImageError('FORMAT', `${name} in a tar header is beyond 2^53`)
  }
  return value
}
