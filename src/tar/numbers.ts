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
  const value = octalAt(field, 0, field.length)
  if (Number.isNaN(value)) throw noNumber(field, name)
  return value
}

/**
 * Returns the number at a place in a header, of any sign, without making an object for it: there are eight in each header.
 * Beyond 2^53 it is not exact. NaN for anything but octal text, or base-256 of at most 64 bits.
 */
export function numberAt(bytes: Uint8Array, from: number, to: number): number {
  return ((bytes[from] ?? 0) & 0x80) === 0 ? octalAt(bytes, from, to) : signedAt(bytes, from, to)
}

/**
 * Returns the number at a place in a header, of any sign.
 * @throws ImageError FORMAT if there is none
 */
export function signedNumber(bytes: Uint8Array, [name, from, to]: NumberField): number {
  const value = numberAt(bytes, from, to)
  if (Number.isNaN(value)) throw noNumber(bytes.subarray(from, to), name)
  return value
}

/** A number field of a header: its name in messages, and its place. */
export type NumberField = readonly [name: string, from: number, to: number]

/** True for octal text, and for base-256 of any sign within 64 bits. */
export function isNumber(field: Uint8Array): boolean {
  return !Number.isNaN(numberAt(field, 0, field.length))
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

function signedAt(bytes: Uint8Array, from: number, to: number): number {
  if (!fitsInt64(bytes, from, to)) return Number.NaN
  const isNegative = ((bytes[from] ?? 0) & 0x40) !== 0
  // From the bits that are not set, a small negative number comes out exact.
  let value = isNegative ? ~(bytes[from] ?? 0) & 0x3f : (bytes[from] ?? 0) & 0x3f
  for (let at = from + 1; at < to; at++) value = value * 256 + ((bytes[at] ?? 0) ^ (isNegative ? 0xff : 0))
  return isNegative ? -1 - value : value
}

/** True if the bits above the lowest 63 only repeat the sign. */
function fitsInt64(bytes: Uint8Array, from: number, to: number): boolean {
  const top = to - 8
  const first = bytes[from] ?? 0
  if (top <= from) return true
  const sign = first & 0x40 ? 0xff : 0
  if ((first | 0x80) !== (sign | 0x80)) return false
  for (let at = from + 1; at < top; at++) if (bytes[at] !== sign) return false
  return ((bytes[top] ?? 0) & 0x80) === (sign & 0x80)
}

/**
 * Reads spaces, octal digits, and spaces or NULs; anything may follow a NUL after digits. Returns NaN for other text.
 * Readers disagree on digits after a NUL.
 */
function octalAt(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && bytes[at] === SPACE) at++
  const start = at
  let value = 0
  for (let digit = digitAt(bytes, at, to); digit >= 0; digit = digitAt(bytes, ++at, to)) value = value * 8 + digit
  if (at > start && at < to && bytes[at] === NUL) return value
  while (at < to && (bytes[at] === SPACE || bytes[at] === NUL)) at++
  return at === to ? value : Number.NaN
}

/** Returns the octal digit at a place; a negative number if there is none. */
function digitAt(bytes: Uint8Array, at: number, to: number): number {
  const digit = (at < to ? (bytes[at] ?? NUL) : NUL) - ZERO
  return digit < 8 ? digit : -1
}

function noNumber(field: Uint8Array, name: string): ImageError {
  const found = JSON.stringify(Buffer.from(field).toString('latin1'))
  return new ImageError('FORMAT', `${name} in a tar header is not a number`, { found })
}
