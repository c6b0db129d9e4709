// Reads a block of DEFLATE to its symbols (RFC 1951).

/** Bits as DEFLATE has them: of each byte the lowest first (3.1.1). */
export class Bits {
  #view
  #end
  at

  constructor(view, at, end) {
    this.#view = view
    this.at = at
    this.#end = end
  }

  /** At most 25. Those after the end may be any. */
  take(count) {
    const bits = (this.#word() >>> (this.at & 7)) & ((1 << count) - 1)
    this.at += count
    return bits
  }

  /** Undefined if there is none, or it is not all there. */
  symbol(table) {
    const found = table[(this.#word() >>> (this.at & 7)) & (table.length - 1)]
    this.at += found & 15
    return found === 0 || this.at > this.#end ? undefined : found >> 4
  }

  isInLastByte() {
    return this.at <= this.#end && this.at > this.#end - 8
  }

  #word() {
    return this.#view.getUint32(Math.min(this.at, this.#end) >> 3, true)
  }
}

/** The order in which the lengths of the code for lengths come (3.2.7). */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

function readCodes(bits) {
  const literals = bits.take(5) + 257
  const distances = bits.take(5) + 1
  const count = bits.take(4) + 4
  const lengths = new Uint8Array(ORDER.length)
  for (const symbol of ORDER.slice(0, count)) lengths[symbol] = bits.take(3)
  const all = readLengths(bits, tableOf(lengths, 7), literals + distances)
  if (all === undefined) return undefined
  const [ofLiterals, ofDistances] = [all.subarray(0, literals), all.subarray(literals)]
  // Of distances there may be but one, or none.
  const isUsable = all[END] > 0 && isWhole(ofLiterals) && (isWhole(ofDistances) || ofDistances.every((of) => of < 2))
  return isUsable ? { literals: tableOf(ofLiterals), distances: tableOf(ofDistances) } : undefined
}

/** Of codes with the lengths 16 to 18: how many bits tell how often, how often at least. */
const REPEATS = [
  [2, 3],
  [3, 3],
  [7, 11],
]

function readLengths(bits, table, count) {
  const lengths = new Uint8Array(count)
  for (let at = 0; at < count; ) {
    const symbol = bits.symbol(table)
    if (symbol === undefined) return undefined
    if (symbol < 16) {
      lengths[at++] = symbol
      continue
    }
    const [extra, least] = REPEATS[symbol - 16]
    const end = at + least + bits.take(extra)
    if (end > count || (symbol === 16 && at === 0)) return undefined
    lengths.fill(symbol === 16 ? lengths[at - 1] : 0, at, end)
    at = end
  }
  return lengths
}

const LONGEST = 15

/** Whether every sequence of bits means something. */
function isWhole(lengths) {
  return lengths.reduce((taken, length) => taken + (length === 0 ? 0 : 1 << (LONGEST - length)), 0) === 1 << LONGEST
}

/** What each sequence of so many bits begins with: 16 times the symbol, and the length of its code; 0 if with none (3.2.2). */
function tableOf(lengths, longest = LONGEST) {
  const table = new Uint16Array(1 << longest)
  let code = 0
  for (let length = 1; length <= longest; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue
      for (let bits = reversed(code, length); bits < table.length; bits += 1 << length)
        table[bits] = symbol * 16 + length
      code++
    }
    code <<= 1
  }
  return table
}

function reversed(code, length) {
  let bits = 0
  for (let at = 0; at < length; at++) bits |= ((code >> at) & 1) << (length - 1 - at)
  return bits
}

/** The symbol that ends a block. */
const END = 256

/** How long a match is that the symbols from 257 on stand for, without and in extra bits (3.2.5). */
const LENGTHS = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]

/**
 * Reads a block with codes of its own: literals as they are, matches as 512 times the distance, and the length.
 * @param {Bits} bits after the three that say what block it is
 * @param {Int32Array} symbols is filled
 * @returns {number | undefined} how many symbols it has; undefined if it is none, or has too many
 */
export function readBlock(bits, symbols) {
  const codes = readCodes(bits)
  if (codes === undefined) return undefined
  for (let count = 0; count < symbols.length; count++) {
    const symbol = bits.symbol(codes.literals)
    if (symbol === END) return count
    const read = symbol === undefined || symbol < END ? symbol : readMatch(bits, symbol - END - 1, codes.distances)
    if (read === undefined) return undefined
    symbols[count] = read
  }
  return undefined
}

/** How much content a symbol stands for, in bytes. */
export function sizeOf(symbol) {
  return symbol < END ? 1 : symbol & 511
}

/** How far back a match begins; 0 of a literal. */
export function distanceOf(symbol) {
  return symbol >> 9
}

function readMatch(bits, symbol, distances) {
  if (symbol >= LENGTHS.length) return undefined
  const length = LENGTHS[symbol] + bits.take(LENGTH_BITS[symbol])
  const far = bits.symbol(distances)
  if (far === undefined || far > 29) return undefined
  const extra = far < 2 ? 0 : (far >> 1) - 1
  const distance = far < 2 ? far + 1 : ((2 + (far & 1)) << extra) + 1 + bits.take(extra)
  return distance * 512 + length
}
