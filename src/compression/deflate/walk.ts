// Walks through finished DEFLATE (RFC 1951) block by block, because nothing in it says where its last block begins.
// A lookup tells only how many bits a code takes.
import { distanceExtraBits, END_OF_BLOCK, LENGTHS, lengthExtraBits } from './format'

/** The most DEFLATE to walk through, in bytes; a few more bytes are read. */
export const MOST: u32 = 7 << 19
export const DATA = memory.data(MOST + 16)

/** Codes up to this many bits are found with a single lookup. */
const PRIMARY: u32 = 11
const LONGEST: u32 = 15

/** A table entry: the number of bits that a symbol takes, including those after its code, and flags for its kind. */
const TAKES: u32 = 31
const LONG: u32 = 32
const MATCH: u32 = 64
const STOP: u32 = 128
const BAD: u32 = 256

/** Tables by the first 11 bits, and by 15 bits for longer codes. */
const LITERALS = memory.data(2 << PRIMARY)
const LONG_LITERALS = memory.data(2 << LONGEST)
const DISTANCES = memory.data(2 << PRIMARY)
const LONG_DISTANCES = memory.data(2 << LONGEST)
/** The length of each symbol's code, in bits. */
const CODE_LENGTHS = memory.data(320)
/** The number of codes of each length, and the next code of each length. */
const COUNTS = memory.data(2 * (LONGEST + 1))
const CODES = memory.data(2 * (LONGEST + 1))

/** The order of the lengths of the code for lengths (3.2.7). */
const ORDER: StaticArray<u8> = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

let bit: usize = 0
/** Start and end of the last block, in bits. */
export let first: usize = 0
export let end: usize = 0

/** Walks through `size` bytes at DATA; returns true if they are DEFLATE to the last byte. */
export function walk(size: u32): bool {
  const last: usize = size * 8
  bit = 0
  for (;;) {
    if (size > MOST || bit + 3 > last) return false
    first = bit
    const header = take(3)
    if (!passBlock(header >> 1, last) || bit > last) return false
    if ((header & 1) === 0) continue
    end = bit
    return last - bit < 8
  }
}

function passBlock(type: u32, last: usize): bool {
  if (type === 0) {
    const at = (bit + 7) >> 3
    bit = (at + 4 + load<u16>(DATA + at)) << 3
    return true
  }
  if (type === 3) return false
  if (type === 1) fixedCodes()
  else if (!readCodes()) return false
  return passSymbols(last)
}

function take(count: u32): u32 {
  const bits = <u32>(load<u64>(DATA + (bit >> 3)) >> (bit & 7)) & ((1 << count) - 1)
  bit += count
  return bits
}

function passSymbols(last: usize): bool {
  let at = bit
  while (at <= last) {
    let word = load<u64>(DATA + (at >> 3)) >> (at & 7)
    let symbol = lookUp(LITERALS, LONG_LITERALS, word)
    at += symbol & TAKES
    if (symbol < LONG) {
      // Literals often follow each other: try another one in the same word.
      word >>= symbol
      symbol = lookUp(LITERALS, LONG_LITERALS, word)
      at += symbol & TAKES
      if (symbol < LONG) continue
    }
    if (symbol & MATCH) {
      const distance = lookUp(DISTANCES, LONG_DISTANCES, word >> (symbol & TAKES))
      if (distance >= LONG) return false
      at += distance
      continue
    }
    bit = at
    return symbol < BAD
  }
  return false
}

function lookUp(table: usize, long: usize, word: u64): u32 {
  const found: u32 = load<u16>(table + ((<usize>(word & ((1 << PRIMARY) - 1))) << 1))
  return found === LONG ? load<u16>(long + ((<usize>(word & ((1 << LONGEST) - 1))) << 1)) : found
}

function fixedCodes(): void {
  memory.fill(CODE_LENGTHS, 8, 144)
  memory.fill(CODE_LENGTHS + 144, 9, 112)
  memory.fill(CODE_LENGTHS + 256, 7, 24)
  memory.fill(CODE_LENGTHS + 280, 8, 8)
  fillTable(LITERALS, LONG_LITERALS, CODE_LENGTHS, 288, LITERAL)
  memory.fill(CODE_LENGTHS, 5, 30)
  fillTable(DISTANCES, LONG_DISTANCES, CODE_LENGTHS, 30, DISTANCE)
}

function readCodes(): bool {
  const literals = take(5) + 257
  const distances = take(5) + 1
  const lengths = take(4) + 4
  memory.fill(CODE_LENGTHS, 0, LENGTHS)
  for (let at: u32 = 0; at < lengths; at++) store<u8>(CODE_LENGTHS + unchecked(ORDER[at]), take(3))
  if (fillTable(DISTANCES, LONG_DISTANCES, CODE_LENGTHS, LENGTHS, LENGTH) !== 0) return false
  if (!readLengths(literals + distances)) return false
  if (fillTable(LITERALS, LONG_LITERALS, CODE_LENGTHS, literals, LITERAL) !== 0) return false
  const left = fillTable(DISTANCES, LONG_DISTANCES, CODE_LENGTHS + literals, distances, DISTANCE)
  // There may be only one distance code, of one bit, or none.
  return left === 0 || left === ALL / 2 || left === ALL
}

/** The number of 15-bit sequences. */
const ALL: i32 = 1 << 15

/** Reads the lengths of both codes, which form one list (3.2.7). */
function readLengths(count: u32): bool {
  let length: u32 = 0
  for (let at: u32 = 0; at < count; ) {
    const found = lookUp(DISTANCES, LONG_DISTANCES, load<u64>(DATA + (bit >> 3)) >> (bit & 7))
    if (found === BAD) return false
    bit += found & TAKES
    const symbol = found >> SYMBOL
    if (symbol !== REPEAT) length = symbol < REPEAT ? symbol : 0
    const times = timesOf(symbol)
    if (at + times > count) return false
    memory.fill(CODE_LENGTHS + at, <u8>length, times)
    at += times
  }
  return true
}

/** The symbol that repeats the previous length; the symbols above it repeat a length of 0. */
const REPEAT: u32 = 16

function timesOf(symbol: u32): u32 {
  if (symbol < REPEAT) return 1
  if (symbol === REPEAT) return 3 + take(2)
  return symbol === 17 ? 3 + take(3) : 11 + take(7)
}

/** The use of a code. */
const LITERAL: u32 = 0
const DISTANCE: u32 = 1
const LENGTH: u32 = 2

/** Bit offset of the symbol in an entry of the code for lengths. */
const SYMBOL: u32 = 9

function entryOf(symbol: u32, length: u32, alphabet: u32): u32 {
  if (alphabet === LENGTH) return (symbol << SYMBOL) | length
  if (alphabet === DISTANCE) return symbol < 30 ? length + distanceExtraBits(symbol) : BAD
  if (symbol <= END_OF_BLOCK) return symbol < END_OF_BLOCK ? length : STOP | length
  return symbol < 286 ? MATCH | (length + lengthExtraBits(symbol - END_OF_BLOCK - 1)) : BAD
}

/**
 * Fills a table with the codes of `count` symbols, by their lengths (3.2.2). Returns how many 15-bit sequences begin
 * with no code; negative if there are too many codes.
 */
function fillTable(table: usize, long: usize, lengths: usize, count: u32, alphabet: u32): i32 {
  for (let at: usize = 0; at < 2 << PRIMARY; at += 2) store<u16>(table + at, BAD)
  const left = findFirstCodes(lengths, count)
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const length: u32 = load<u8>(lengths + symbol)
    if (length === 0) continue
    const next = CODES + (length << 1)
    const code: u32 = load<u16>(next)
    store<u16>(next, code + 1)
    const bits = reversed(code, length)
    const entry = entryOf(symbol, length, alphabet)
    if (length <= PRIMARY) putAll(table, PRIMARY, bits, length, entry)
    else {
      store<u16>(table + ((bits & ((1 << PRIMARY) - 1)) << 1), LONG)
      putAll(long, LONGEST, bits, length, entry)
    }
  }
  return left
}

/** Finds the first code of each length; returns how many sequences no code begins. */
function findFirstCodes(lengths: usize, count: u32): i32 {
  memory.fill(COUNTS, 0, 2 * (LONGEST + 1))
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const counted = COUNTS + ((<usize>load<u8>(lengths + symbol)) << 1)
    store<u16>(counted, load<u16>(counted) + 1)
  }
  store<u16>(COUNTS, 0)
  let code: u32 = 0
  let left = ALL
  for (let length: u32 = 1; length <= LONGEST; length++) {
    code = (code + load<u16>(COUNTS + ((length - 1) << 1))) << 1
    store<u16>(CODES + (length << 1), code)
    left -= (<i32>load<u16>(COUNTS + (length << 1))) << (LONGEST - length)
  }
  return left
}

/** Stores an entry for every index that begins with these bits. */
function putAll(table: usize, width: u32, bits: u32, length: u32, entry: u32): void {
  for (let at = bits; at < (<u32>1) << width; at += (<u32>1) << length) store<u16>(table + (at << 1), entry)
}

/** Reverses a code: the data has its highest bit first (3.1.1). */
function reversed(code: u32, length: u32): u32 {
  let bits: u32 = 0
  for (let at: u32 = 0; at < length; at++) bits |= ((code >> at) & 1) << (length - 1 - at)
  return bits
}
