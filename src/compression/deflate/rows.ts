// Remembers where content was seen before. Each hash has a row with its last eight places, newest first, and a tag for
// each; all tags are compared at once. A row is 32 bytes: eight tags, eight unused bytes, eight places of 16 bits.
import { MAX_MATCH, MIN_MATCH, WINDOW } from './format'

/** One bit more would find 0.3 % more, but the rows would no longer fit the processor's nearest caches. */
const ROW_BITS = 12
const TAG_BITS = 8
const ROW_SIZE = 32
const PLACES = 16

const ROWS = memory.data(ROW_SIZE << ROW_BITS, 16)

/** The distance of the last match found: how many bytes before the searched place it begins. */
export let distance: u32 = 0

/** Forgets everything. Old rows would cause no errors, since all matches are compared, but would change the output. */
export function forget(): void {
  memory.fill(ROWS, 0, ROW_SIZE << ROW_BITS)
}

export function hashOf(at: usize): u32 {
  return (load<u32>(at) * <u32>0x9e3779b1) >> (32 - ROW_BITS - TAG_BITS)
}

/** Adds a place to its row as the newest; the oldest is forgotten. */
export function remember(hash: u32, at: usize): void {
  const row = rowOf(hash)
  store<u64>(row, (load<u64>(row) << TAG_BITS) | (hash & 0xff))
  const places = v128.load(row, PLACES)
  const moved = i8x16.shuffle(places, places, 0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
  v128.store(row, i16x8.replace_lane(moved, 0, <i16>at), PLACES)
}

/**
 * Returns the length of the longest match for the content at `at`; less than MIN_MATCH if there is none. At least four
 * bytes must be left. Sets `distance`.
 */
export function find(hash: u32, at: usize, start: usize, end: usize): u32 {
  const row = rowOf(hash)
  const tags = v128.load64_zero(row)
  let candidates = i8x16.bitmask(i8x16.eq(tags, i8x16.splat(<i8>hash))) & 0xff
  const most = <u32>min<usize>(end - at, MAX_MATCH)
  let longest: u32 = MIN_MATCH - 1
  for (; candidates !== 0; candidates &= candidates - 1) {
    const back = <u32>(at - load<u16>(row + (ctz(candidates) << 1), PLACES)) & 0xffff
    // The candidates that follow are older yet.
    if (back - 1 >= WINDOW || back > <u32>(at - start)) break
    // A longer match must also agree in the four bytes at the end of the longest one.
    const tail = at + longest - 3
    if (load<u32>(tail) !== load<u32>(tail - back)) continue
    const length = common(at, at - back, most)
    if (length <= longest) continue
    longest = length
    distance = back
    if (length === most) break
  }
  return longest
}

function rowOf(hash: u32): usize {
  return ROWS + (hash >> TAG_BITS) * ROW_SIZE
}

/** Returns how many bytes are the same at two places. */
function common(a: usize, b: usize, most: u32): u32 {
  for (let length: u32 = 0; length < most; length += 8) {
    const difference = load<u64>(a + length) ^ load<u64>(b + length)
    if (difference !== 0) return min<u32>(length + <u32>(ctz(difference) >> 3), most)
  }
  return most
}
