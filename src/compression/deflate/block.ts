// Writes blocks, stored or compressed, whichever is smaller (RFC 1951, 3.2.3 to 3.2.7). None is marked as the last:
// more may always follow.
import {
  DISTANCES,
  distanceExtraBits,
  distanceSymbol,
  END_OF_BLOCK,
  LENGTHS,
  LITERALS,
  lengthBase,
  lengthExtraBits,
  lengthSymbol,
} from './format'
import { assignCodes, findLengths } from './huffman'
import * as output from './output'
import { BLOCK, count, distanceCounts } from './tally'

const STORED = 0
const DYNAMIC = 2
const MOST_STORED: u32 = 65535

/** The longest code of a literal or length. Four such codes fit into 64 bits beside seven bits that wait. */
const LONGEST_LITERAL = 14
const LONGEST_DISTANCE = 15
const LONGEST_LENGTH = 7

/** Lengths of the codes of literals, followed by those of distances, as they are written. */
const CODE_LENGTHS = memory.data(320)
const CODES = memory.data(LITERALS * 4)
const DISTANCE_LENGTHS = memory.data(DISTANCES)
const DISTANCE_CODES = memory.data(DISTANCES * 4)

/** Code lengths, with their repetitions, as extra << 8 | symbol. */
const ITEMS = memory.data(320 * 2)
const ITEM_COUNTS = memory.data(LENGTHS * 4)
const ITEM_LENGTHS = memory.data(LENGTHS)
const ITEM_CODES = memory.data(LENGTHS * 4)

const COPY: u32 = 16
const ZEROS: u32 = 17
const MANY_ZEROS: u32 = 18
const ITEM_ORDER: StaticArray<u8> = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** A sequence packs into 64 bits: a number of literals, and the match after them as its length (or 0) and distance. */
export const SEQUENCE = 8
const LENGTH_AT: u64 = 32
const DISTANCE_AT: u64 = 44

export function sequence(literals: u32, length: u32, distance: u32): u64 {
  return literals | ((<u64>length) << LENGTH_AT) | ((<u64>distance) << DISTANCE_AT)
}

/**
 * Writes a block for the content from `from` to `to`, which the sequences describe. BLOCK has the counts of its
 * symbols.
 */
export function writeBlock(from: usize, to: usize, sequences: usize, sequencesEnd: usize): void {
  count(BLOCK, END_OF_BLOCK)
  findLengths(BLOCK, LITERALS, LONGEST_LITERAL, CODE_LENGTHS)
  findLengths(distanceCounts(BLOCK), DISTANCES, LONGEST_DISTANCE, DISTANCE_LENGTHS)
  const literals = withoutZeros(CODE_LENGTHS, LITERALS)
  const distances = withoutZeros(DISTANCE_LENGTHS, DISTANCES)
  memory.copy(CODE_LENGTHS + literals, DISTANCE_LENGTHS, distances)
  const itemsEnd = findItems(literals + distances)
  findLengths(ITEM_COUNTS, LENGTHS, LONGEST_LENGTH, ITEM_LENGTHS)
  if (storedBits(from, to) <= headerBits() + contentBits(literals, distances)) {
    writeStored(from, to)
    return
  }
  writeHeader(literals, distances, itemsEnd)
  assignCodes(CODE_LENGTHS, literals, CODES)
  assignCodes(DISTANCE_LENGTHS, DISTANCES, DISTANCE_CODES)
  writeSequences(from, sequences, sequencesEnd)
  writeCode(CODES, END_OF_BLOCK)
}

/** Ends the last byte with an empty block of stored bytes. */
export function writeFlush(): void {
  output.write(STORED << 1, 3)
  output.align()
  output.write(0, 16)
  output.write(0xffff, 16)
}

function withoutZeros(lengths: usize, symbols: i32): i32 {
  while (symbols > 1 && load<u8>(lengths + symbols - 1) === 0) symbols--
  return symbols
}

/** Finds repetitions in the code lengths. Returns the end of the items. */
function findItems(many: i32): usize {
  memory.fill(ITEM_COUNTS, 0, LENGTHS * 4)
  let end = ITEMS
  for (let at = 0, run = 0; at < many; at += run) {
    const length = load<u8>(CODE_LENGTHS + at)
    for (run = 1; at + run < many && load<u8>(CODE_LENGTHS + at + run) === length; ) run++
    end = length === 0 ? zeroItems(end, run) : lengthItems(end, length, run)
  }
  return end
}

function zeroItems(end: usize, run: i32): usize {
  for (; run >= 11; run -= min(run, 138)) end = putItem(end, MANY_ZEROS, min(run, 138) - 11)
  if (run >= 3) return putItem(end, ZEROS, run - 3)
  for (; run > 0; run--) end = putItem(end, 0, 0)
  return end
}

function lengthItems(end: usize, length: i32, run: i32): usize {
  end = putItem(end, length, 0)
  for (run--; run >= 3; run -= min(run, 6)) end = putItem(end, COPY, min(run, 6) - 3)
  for (; run > 0; run--) end = putItem(end, length, 0)
  return end
}

function putItem(end: usize, symbol: i32, extra: i32): usize {
  store<u16>(end, <u16>((extra << 8) | symbol))
  count(ITEM_COUNTS, symbol)
  return end + 2
}

function itemExtraBits(symbol: u32): u32 {
  if (symbol < COPY) return 0
  return symbol === MANY_ZEROS ? 7 : symbol - 14
}

/** Returns how many code lengths of the items are written; zeros at the end are omitted. */
function itemLengths(): i32 {
  let many = LENGTHS
  while (many > 4 && load<u8>(ITEM_LENGTHS + ITEM_ORDER[many - 1]) === 0) many--
  return many
}

function headerBits(): u64 {
  let bits: u64 = 3 + 5 + 5 + 4 + itemLengths() * 3
  for (let symbol = 0; symbol < LENGTHS; symbol++) {
    bits += load<u32>(ITEM_COUNTS + symbol * 4) * (load<u8>(ITEM_LENGTHS + symbol) + itemExtraBits(symbol))
  }
  return bits
}

function contentBits(literals: i32, distances: i32): u64 {
  let bits: u64 = 0
  for (let symbol: u32 = 0; symbol < <u32>literals; symbol++) {
    const extra = symbol > END_OF_BLOCK ? lengthExtraBits(symbol - END_OF_BLOCK - 1) : 0
    bits += load<u32>(BLOCK + symbol * 4) * (load<u8>(CODE_LENGTHS + symbol) + extra)
  }
  for (let symbol = 0; symbol < distances; symbol++) {
    const length = load<u8>(DISTANCE_LENGTHS + symbol)
    bits += load<u32>(distanceCounts(BLOCK) + symbol * 4) * (length + distanceExtraBits(symbol))
  }
  return bits
}

/** Returns the size of stored blocks, up to a few bits: stored bytes begin at a byte boundary. */
function storedBits(from: usize, to: usize): u64 {
  const size = to - from
  return <u64>size * 8 + (size / MOST_STORED + 1) * 40
}

function writeStored(from: usize, to: usize): void {
  for (let at = from; at < to; at += MOST_STORED) {
    const size = min(<u32>(to - at), MOST_STORED)
    output.write(STORED << 1, 3)
    output.align()
    output.write(size, 16)
    output.write(size ^ 0xffff, 16)
    output.writeBytes(at, size)
  }
}

function writeHeader(literals: i32, distances: i32, itemsEnd: usize): void {
  const many = itemLengths()
  output.write(DYNAMIC << 1, 3)
  output.write(literals - 257, 5)
  output.write(distances - 1, 5)
  output.write(many - 4, 4)
  for (let i = 0; i < many; i++) output.write(load<u8>(ITEM_LENGTHS + ITEM_ORDER[i]), 3)
  assignCodes(ITEM_LENGTHS, LENGTHS, ITEM_CODES)
  for (let item = ITEMS; item < itemsEnd; item += 2) {
    const symbol = load<u8>(item)
    writeCode(ITEM_CODES, symbol)
    output.write(load<u8>(item, 1), itemExtraBits(symbol))
  }
}

function writeCode(codes: usize, symbol: u32): void {
  addCode(codes, symbol)
  output.flush()
}

function addCode(codes: usize, symbol: u32): void {
  const code = load<u32>(codes + (symbol << 2))
  output.add(code & 0xffff, code >> 16)
}

/** The hot loop, which writes nearly all output. */
function writeSequences(from: usize, sequences: usize, sequencesEnd: usize): void {
  let at = from
  for (; sequences < sequencesEnd; sequences += SEQUENCE) {
    const next = load<u64>(sequences)
    let literals = <u32>next
    for (; literals >= 4; literals -= 4, at += 4) {
      for (let i = 0; i < 4; i++) addCode(CODES, load<u8>(at + i))
      output.flush()
    }
    for (; literals > 0; literals--, at++) addCode(CODES, load<u8>(at))
    output.flush()
    const length = <u32>(next >> LENGTH_AT) & 0xfff
    if (length === 0) continue
    const symbol = lengthSymbol(length)
    addCode(CODES, END_OF_BLOCK + 1 + symbol)
    output.add(length - lengthBase(symbol), lengthExtraBits(symbol))
    const distance = <u32>(next >> DISTANCE_AT) - 1
    const distant = distanceSymbol(distance)
    addCode(DISTANCE_CODES, distant)
    const extra = distanceExtraBits(distant)
    output.add(distance & ((1 << extra) - 1), extra)
    output.flush()
    at += length
  }
}
