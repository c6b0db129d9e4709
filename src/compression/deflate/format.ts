// The alphabets of DEFLATE (RFC 1951, 3.2.5 to 3.2.7). Tables for inner loops are in linear memory.

/** The greatest distance of a match, in bytes. */
export const WINDOW: u32 = 32768
export const MIN_MATCH: u32 = 4
export const MAX_MATCH: u32 = 258

/** Size of the alphabet of literals, the end of the block, and lengths. */
export const LITERALS = 286
export const END_OF_BLOCK: u32 = 256
export const DISTANCES = 30
/** Size of the alphabet that encodes a block's code lengths. */
export const LENGTHS = 19

const BASES: StaticArray<u16> = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]

/** The length symbol (one of 29) for each length. */
const LENGTH_SYMBOLS = memory.data(MAX_MATCH + 1)

for (let symbol = 0; symbol < BASES.length; symbol++) {
  const end: u32 = symbol + 1 < BASES.length ? BASES[symbol + 1] : MAX_MATCH + 1
  for (let length: u32 = BASES[symbol]; length < end; length++) store<u8>(LENGTH_SYMBOLS + length, symbol)
}

export function lengthSymbol(length: u32): u32 {
  return load<u8>(LENGTH_SYMBOLS + length)
}

export function lengthBase(symbol: u32): u32 {
  return unchecked(BASES[symbol])
}

export function lengthExtraBits(symbol: u32): u32 {
  return symbol < 8 || symbol === 28 ? 0 : (symbol - 4) >> 2
}

/** @param distance less one */
export function distanceSymbol(distance: u32): u32 {
  if (distance < 2) return distance
  const bit = 31 - clz(distance)
  return bit * 2 + ((distance >> (bit - 1)) & 1)
}

export function distanceExtraBits(symbol: u32): u32 {
  return symbol < 4 ? 0 : (symbol >> 1) - 1
}
