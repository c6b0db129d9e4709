import { TAR_BLOCK } from '../bytes/tarChecksum.js'
import { ImageError } from '../spec/errors.js'

/** The smallest size that twelve bytes of octal cannot hold. */
export const OCTAL_LIMIT = 8 ** 11

const NUL = 0
const SPACE = 0x20
const ZERO = 0x30

/** Returns the number of bytes that fill the last block of content. */
export function padding(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK
}

/**
 * Returns the number in a field of a tar header: octal text, or base-256 with the top bit set for larger ones (GNU,
 * star).
 * @throws ImageError FORMAT for anything else, negative numbers, and numbers beyond 2^53
 */
export function parseNumber(field: Uint8Array, name: string): number {
  if (isBase256(field)) return base256(field, name)
  const value = octal(field)
  if (Number.isNaN(value)) throw noNumber(field, name)
  return value
}

/**
 * Checks a number field that no image depends on: readers refuse an archive if they cannot read it.
 * @throws ImageError FORMAT unless it is octal text, or base-256 of any sign and at most 64 bits
 */
export function assertNumber(field: Uint8Array, name: string): void {
  if (!isNumber(field)) throw noNumber(field, name)
}

/** True for octal text, and for base-256 of any sign within 64 bits. */
export function isNumber(field: Uint8Array): boolean {
  return isBase256(field) ? fitsInt64(field) : !Number.isNaN(octal(field))
}

function isBase256(field: Uint8Array): boolean {
  return ((field[0] ?? 0) & 0x80) !== 0
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

/** True if the bits above the lowest 63 only repeat the sign. */
function fitsInt64(field: Uint8Array): boolean {
  const top = field.length - 8
  const first = field[0] ?? 0
  if (top <= 0) return true
  const sign = first & 0x40 ? 0xff : 0
  if ((first | 0x80) !== (sign | 0x80)) return false
  for (let at = 1; at < top; at++) if (field[at] !== sign) return false
  return ((field[top] ?? 0) & 0x80) === (sign & 0x80)
}

/**
 * Reads spaces, octal digits, and spaces or NULs; anything may follow a NUL after digits. Returns NaN for other text.
 * Readers disagree on digits after a NUL.
 */
function octal(field: Uint8Array): number {
  let at = 0
  while (field[at] === SPACE) at++
  const start = at
  let value = 0
  for (let digit = digitAt(field, at); digit >= 0; digit = digitAt(field, ++at)) value = value * 8 + digit
  if (at > start && field[at] === NUL) return value
  while (field[at] === SPACE || field[at] === NUL) at++
  return at === field.length ? value : Number.NaN
}

/** Returns the octal digit at a place; a negative number if there is none. */
function digitAt(field: Uint8Array, at: number): number {
  const digit = (field[at] ?? NUL) - ZERO
  return digit < 8 ? digit : -1
}

function noNumber(field: Uint8Array, name: string): ImageError {
  const found = JSON.stringify(Buffer.from(field).toString('latin1'))
  return new ImageError('FORMAT', `${name} in a tar header is not a number`, { found })
}
