// Huffman codes: short for frequent symbols, none longer than the limit (RFC 1951, 3.2.2).

const MOST_SYMBOLS = 288
const LONGEST = 15

/** Symbols that occur, as count << 9 | symbol. Sorting moves them between these two arrays. */
const KEYS = memory.data(MOST_SYMBOLS * 4)
const OTHER_KEYS = memory.data(MOST_SYMBOLS * 4)
const SYMBOL_BITS = 9

/** The number of keys with each byte; later, the position of the next such key. */
const RADIX = memory.data(256 * 4)

/** The number of codes of each length; later, the next code of that length. */
const OF_LENGTH = memory.data((LONGEST + 1) * 4)

/** Writes the length of each symbol's code as a byte to `lengths`; 0 for symbols that do not occur. */
export function findLengths(counts: usize, symbols: i32, limit: i32, lengths: usize): void {
  memory.fill(lengths, 0, symbols)
  let used = 0
  let bits: u32 = 0
  for (let symbol = 0; symbol < symbols; symbol++) {
    const count = load<u32>(counts + (symbol << 2))
    if (count === 0) continue
    put(KEYS, used++, (count << SYMBOL_BITS) | symbol)
    bits |= count
  }
  if (used < 2) {
    twoCodes(lengths, used === 0 ? 0 : get(KEYS, 0) & 0x1ff)
    return
  }
  const sorted = sort(used, bits)
  const depths = sorted === KEYS ? OTHER_KEYS : KEYS
  for (let i = 0; i < used; i++) put(depths, i, get(sorted, i) >> SYMBOL_BITS)
  findDepths(depths, used)
  countLengths(depths, used, limit)
  for (let length = limit, i = 0; length > 0; length--) {
    for (let left = get(OF_LENGTH, length); left > 0; left--) store<u8>(lengths + (get(sorted, i++) & 0x1ff), length)
  }
}

/** Makes a code of two symbols, since some readers refuse one of fewer. */
function twoCodes(lengths: usize, symbol: u32): void {
  store<u8>(lengths + symbol, 1)
  store<u8>(lengths + (symbol === 0 ? 1 : 0), 1)
}

/** Sorts keys by count, then by symbol. Returns the array that holds the result. */
function sort(used: i32, bits: u32): usize {
  let from = KEYS
  let to = OTHER_KEYS
  for (let shift = SYMBOL_BITS; bits > 0; bits >>= 8, shift += 8) {
    memory.fill(RADIX, 0, 256 * 4)
    for (let i = 0; i < used; i++) put(RADIX, digit(from, i, shift), get(RADIX, digit(from, i, shift)) + 1)
    for (let i = 0, sum: u32 = 0; i < 256; i++) {
      const many = get(RADIX, i)
      put(RADIX, i, sum)
      sum += many
    }
    for (let i = 0; i < used; i++) {
      const place = get(RADIX, digit(from, i, shift))
      put(RADIX, digit(from, i, shift), place + 1)
      put(to, place, get(from, i))
    }
    const other = from
    from = to
    to = other
  }
  return from
}

function digit(keys: usize, i: i32, shift: i32): u32 {
  return (get(keys, i) >> shift) & 0xff
}

/**
 * Replaces counts, rarest first, by the depths of the inner nodes of their tree; the root is the last but one. Works in
 * place, after Moffat and Katajainen ("In-place calculation of minimum-redundancy codes", 1995).
 */
function findDepths(nodes: usize, used: i32): void {
  let leaf = 0
  let inner = 0
  for (let next = 0; next < used - 1; next++) {
    let weight: u32 = 0
    for (let child = 0; child < 2; child++) {
      if (leaf >= used || (inner < next && get(nodes, inner) < get(nodes, leaf))) {
        weight += get(nodes, inner)
        put(nodes, inner++, next)
      } else weight += get(nodes, leaf++)
    }
    put(nodes, next, weight)
  }
  put(nodes, used - 2, 0)
  for (let node = used - 3; node >= 0; node--) put(nodes, node, get(nodes, get(nodes, node)) + 1)
}

/** Counts the leaves of each depth, and moves those beyond the limit up to it. */
function countLengths(depths: usize, used: i32, limit: i32): void {
  memory.fill(OF_LENGTH, 0, (LONGEST + 1) * 4)
  let node = used - 2
  for (let depth = 0, places = 1; places > 0; depth++) {
    let inner = 0
    for (; node >= 0 && get(depths, node) === depth; node--) inner++
    const length = min(depth, limit)
    put(OF_LENGTH, length, get(OF_LENGTH, length) + places - inner)
    places = inner * 2
  }
  // In units of the longest codes: there is room for 2^limit of them.
  let taken: u32 = 0
  for (let length = 1; length <= limit; length++) taken += get(OF_LENGTH, length) << (limit - length)
  for (; taken > (<u32>1) << limit; taken--) {
    // A shorter code becomes longer by one, and makes room for one code of the limit beside it.
    let length = limit - 1
    while (get(OF_LENGTH, length) === 0) length--
    put(OF_LENGTH, length, get(OF_LENGTH, length) - 1)
    put(OF_LENGTH, length + 1, get(OF_LENGTH, length + 1) + 2)
    put(OF_LENGTH, limit, get(OF_LENGTH, limit) - 1)
  }
}

/** Assigns a code to each symbol, with the first bit lowest, as length << 16 | code. */
export function assignCodes(lengths: usize, symbols: i32, codes: usize): void {
  memory.fill(OF_LENGTH, 0, (LONGEST + 1) * 4)
  for (let symbol = 0; symbol < symbols; symbol++) {
    const length = load<u8>(lengths + symbol)
    put(OF_LENGTH, length, get(OF_LENGTH, length) + 1)
  }
  let code: u32 = 0
  put(OF_LENGTH, 0, 0)
  for (let length = 1, before: u32 = 0; length <= LONGEST; length++) {
    code = (code + before) << 1
    before = get(OF_LENGTH, length)
    put(OF_LENGTH, length, code)
  }
  for (let symbol = 0; symbol < symbols; symbol++) {
    const length = load<u8>(lengths + symbol)
    const next = get(OF_LENGTH, length)
    put(OF_LENGTH, length, next + 1)
    put(codes, symbol, length === 0 ? 0 : (reversed(next) >> (16 - length)) | ((<u32>length) << 16))
  }
}

function reversed(bits: u32): u32 {
  bits = ((bits & 0x5555) << 1) | ((bits >> 1) & 0x5555)
  bits = ((bits & 0x3333) << 2) | ((bits >> 2) & 0x3333)
  bits = ((bits & 0x0f0f) << 4) | ((bits >> 4) & 0x0f0f)
  return ((bits & 0x00ff) << 8) | (bits >> 8)
}

function get(numbers: usize, i: u32): u32 {
  return load<u32>(numbers + (i << 2))
}

function put(numbers: usize, i: u32, number: u32): void {
  store<u32>(numbers + (i << 2), number)
}
