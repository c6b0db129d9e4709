// Collects compressed output bit by bit, lowest bit first (RFC 1951, 3.1.1).

/** Room for a block of incompressible content, and for its headers. */
const ROOM = (1 << 20) + (1 << 16)

export const OUTPUT = memory.data(ROOM)

/** The position of the next byte, and the bits that do not fill it yet: fewer than eight after each `flush`. */
export let end: usize = 0
let bits: u64 = 0
let filled: u32 = 0

export function begin(): void {
  end = OUTPUT
  bits = 0
  filled = 0
}

/** Adds bits. At most 64 can wait for the next flush, including those already in the last byte. */
export function add(value: u32, many: u32): void {
  bits |= (<u64>value) << filled
  filled += many
}

/** Writes whole bytes. */
export function flush(): void {
  store<u64>(end, bits)
  end += filled >> 3
  bits >>= filled & ~7
  filled &= 7
}

/** Writes `many` bits, at most 32. */
export function write(value: u32, many: u32): void {
  add(value, many)
  flush()
}

/** Fills up the last byte with zeros. */
export function align(): void {
  if (filled > 0) write(0, 8 - filled)
}

/** Writes whole bytes; the output must be at a byte boundary. */
export function writeBytes(from: usize, many: u32): void {
  memory.copy(end, from, many)
  end += many
}
