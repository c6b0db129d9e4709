// An encoder of DEFLATE (RFC 1951), compiled to WebAssembly. Its output is between zlib's levels 4 and 5 in size, and
// the same on every machine; it is 1.7 times as fast as level 4. Each match is taken at once, the longest of the last
// eight candidates. The time that this saves goes into ending blocks where the content changes.
//
// This is AssemblyScript: TypeScript's syntax for WebAssembly. Types are WebAssembly's numbers; `load` and `store`
// access its memory, and `usize` is an address in it.
import { SEQUENCE, sequence, writeBlock, writeFlush } from './block'
import { distanceSymbol, END_OF_BLOCK, lengthSymbol, MIN_MATCH, WINDOW } from './format'
import * as output from './output'
import { distance, find, forget, hashOf, remember } from './rows'
import { add, BLOCK, BOTH, cost, count, distanceCounts, isApart, PART, SIZE } from './tally'

/** The most content to compress in one call, in bytes. */
const MOST = 1 << 20

/** Inner loops read up to eight bytes beyond the end; those bytes never affect the result. */
const BEFORE_AND_CONTENT = memory.data(WINDOW + MOST + 8)

/** The content goes here. The content before it, of which at most 32 KiB are useful, ends here. */
export const CONTENT = BEFORE_AND_CONTENT + WINDOW
export const OUTPUT = output.OUTPUT

/** The most sequences of a block: few enough that their memory stays in the processor's caches. */
const MOST_SEQUENCES = 32768
const SEQUENCES = memory.data(MOST_SEQUENCES * SEQUENCE)
const SEQUENCES_END = SEQUENCES + MOST_SEQUENCES * SEQUENCE

/** After this many symbols, the encoder decides whether they belong to the preceding block. */
const PART_SYMBOLS: u32 = 3072

/** It also decides after this many literals without a match. */
const PART_LITERALS: u32 = 8192

/** Bytes at the beginning and at the end of a long match that are remembered. */
const REMEMBERED = 8

/** Without matches, the search skips places: one more for every 2^PATIENCE bytes without a match. */
const PATIENCE = 10

/** Start of the block until now, and of the part after it, in the content and in the sequences. */
let blockStart: usize = 0
let blockCost: u64 = 0
let partStart: usize = 0
let partSequences: usize = 0
let sequences: usize = 0

/**
 * Compresses `size` bytes at CONTENT, which may refer to `before` bytes before it, into whole bytes at OUTPUT. More
 * blocks may follow them. Returns the end of the output.
 */
export function deflate(before: u32, size: u32): usize {
  const start = CONTENT - before
  const end = CONTENT + size
  begin()
  for (let at = start; at < CONTENT; at++) remember(hashOf(at), at)
  findSequences(start, end)
  endPart(end)
  writeBlock(blockStart, end, SEQUENCES, sequences)
  writeFlush()
  return output.end
}

function begin(): void {
  output.begin()
  forget()
  memory.fill(BLOCK, 0, SIZE)
  memory.fill(PART, 0, SIZE)
  blockStart = CONTENT
  blockCost = 0
  partStart = CONTENT
  partSequences = SEQUENCES
  sequences = SEQUENCES
}

/** Finds the sequences of the content, part by part. */
function findSequences(start: usize, end: usize): void {
  const last = end - MIN_MATCH
  let literals = CONTENT
  let matchEnd = CONTENT
  let symbols: u32 = 0
  for (let at = CONTENT; at <= last; ) {
    const hash = hashOf(at)
    const length = find(hash, at, start, end)
    remember(hash, at)
    if (length >= MIN_MATCH) {
      symbols += <u32>(at - literals) + 2
      putSequence(literals, at, length)
      rememberMatch(at + 1, min(at + length, last))
      at += length
      literals = matchEnd = at
      if (symbols < PART_SYMBOLS) continue
    } else {
      at += 1 + ((at - matchEnd) >> PATIENCE)
      if (<u32>(at - literals) < PART_LITERALS) continue
      putLiterals(literals, min(at, end))
      literals = min(at, end)
    }
    endPart(literals)
    symbols = 0
  }
  putLiterals(literals, end)
}

function putSequence(literals: usize, at: usize, length: u32): void {
  putLiterals(literals, at, length, distance)
  count(PART, END_OF_BLOCK + 1 + lengthSymbol(length))
  count(distanceCounts(PART), distanceSymbol(distance - 1))
}

/** Writes literals, and the match that follows them, if any. */
function putLiterals(from: usize, to: usize, length: u32 = 0, distance: u32 = 0): void {
  for (let at = from; at < to; at++) count(PART, load<u8>(at))
  store<u64>(sequences, sequence(<u32>(to - from), length, distance))
  sequences += SEQUENCE
}

function rememberMatch(from: usize, to: usize): void {
  const isLong = to > from + 2 * REMEMBERED
  const middle = isLong ? from + REMEMBERED : to
  for (let at = from; at < middle; at++) remember(hashOf(at), at)
  if (!isLong) return
  for (let at = to - REMEMBERED; at < to; at++) remember(hashOf(at), at)
}

/** Ends a part: it either joins the block, or begins the next one. */
function endPart(end: usize): void {
  const partCost = cost(PART)
  add()
  const bothCost = cost(BOTH)
  const isFull = SEQUENCES_END - sequences < PART_SYMBOLS * SEQUENCE
  if (partStart > blockStart && (isFull || isApart(blockCost, partCost, bothCost))) {
    writeBlock(blockStart, partStart, SEQUENCES, partSequences)
    memory.copy(BLOCK, PART, SIZE)
    memory.copy(SEQUENCES, partSequences, sequences - partSequences)
    sequences -= partSequences - SEQUENCES
    blockStart = partStart
    blockCost = partCost
  } else {
    memory.copy(BLOCK, BOTH, SIZE)
    blockCost = bothCost
  }
  memory.fill(PART, 0, SIZE)
  partSequences = sequences
  partStart = end
}
