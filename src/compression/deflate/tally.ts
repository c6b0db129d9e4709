// Counts symbols and estimates their cost: a block ends where new codes are worth their header.
import { DISTANCES, LITERALS } from './format'

/** Size of a set of 32-bit counts: first of literals and lengths, then of distances. */
export const SIZE = 320 * 4
const DISTANCE_COUNTS = 288 * 4

/** Counts of the block until now, of the part that follows it, and of both. */
export const BLOCK = memory.data(320 * 4, 16)
export const PART = memory.data(320 * 4, 16)
export const BOTH = memory.data(320 * 4, 16)

/** Approximate size of a block's codes in bits; set a little higher, since each block also takes time. */
const HEADER_COST: u64 = 800

/** The unit of costs is 2^-16 bits. */
const FRACTION = 16

/** n × log2(n), and log2(n), for n below 1024. */
const PRODUCTS = memory.data(1024 * 4)
const LOGARITHMS = memory.data(1024 * 4)

for (let n = 1; n < 1024; n++) {
  const logarithm = Math.log2(n) * 65536
  store<u32>(PRODUCTS + n * 4, <u32>(n * logarithm))
  store<u32>(LOGARITHMS + n * 4, <u32>logarithm)
}

export function distanceCounts(counts: usize): usize {
  return counts + DISTANCE_COUNTS
}

export function count(counts: usize, symbol: u32): void {
  const at = counts + (symbol << 2)
  store<u32>(at, load<u32>(at) + 1)
}

/** Returns the fewest bits in which a block with these counts can be written, by entropy, without its header. */
export function cost(counts: usize): u64 {
  return entropy(counts, LITERALS) + entropy(counts + DISTANCE_COUNTS, DISTANCES)
}

/** Counts block and part together. */
export function add(): void {
  for (let at = 0; at < SIZE; at += 16) {
    v128.store(BOTH + at, i32x4.add(v128.load(BLOCK + at), v128.load(PART + at)))
  }
}

/** True if two blocks are cheaper than one. */
export function isApart(blockCost: u64, partCost: u64, bothCost: u64): bool {
  return blockCost + partCost + (HEADER_COST << FRACTION) < bothCost
}

function entropy(counts: usize, symbols: i32): u64 {
  let total: u32 = 0
  let sum: u64 = 0
  for (let symbol = 0; symbol < symbols; symbol++) {
    const n = load<u32>(counts + (symbol << 2))
    total += n
    sum += product(n)
  }
  return product(total) - sum
}

function product(n: u32): u64 {
  if (n < 1024) return load<u32>(PRODUCTS + (n << 2))
  const shift = 22 - clz(n)
  return <u64>n * (load<u32>(LOGARITHMS + ((n >> shift) << 2)) + (shift << FRACTION))
}
