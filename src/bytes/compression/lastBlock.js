// Makes finished DEFLATE (RFC 1951) go on. Only the first bit of its last block says that it is the last, and no
// compressor tells where that block begins: it is searched for from the end, and proven by what it stands for.
import { Bits, distanceOf, readBlock, sizeOf } from './deflateBlock.js'

/** How much of the content's end has to fit, in bytes: nothing but the last block fits so much by chance. */
const PROOF = 1024

/** How far from the end a block is searched for, in bytes: libdeflate's stand for at most 305 KB. */
const REACH = 320 * 1024

/** Bytes that a buffer must have after the data. */
export const ROOM = 16

/**
 * Makes the last block of DEFLATE one of many, and ends it at a byte, so that more blocks may follow.
 * @param {Uint8Array} buffer the data, and `ROOM` bytes after it
 * @param {number} length of the data
 * @param {Uint8Array} content all that the data stands for
 * @returns {number} the new length; 0 if the last block was not found, and nothing changed
 */
export function openEnded(buffer, length, content) {
  const first = firstOfStored(buffer, length, content)
  if (first !== undefined) {
    clear(buffer, first)
    return length
  }
  const block = dynamicBlock(buffer, length, content)
  if (block === undefined) return 0
  clear(buffer, block.first)
  return withEmptyBlock(buffer, block.end)
}

function clear(buffer, bit) {
  buffer[bit >> 3] &= ~(1 << (bit & 7))
}

/** An empty stored block ends at a byte, wherever it begins (3.2.4). */
function withEmptyBlock(buffer, bit) {
  const at = (bit + 3 + 7) >> 3
  buffer.fill(0, (bit + 7) >> 3, at + 2)
  buffer.fill(0xff, at + 2, at + 4)
  return at + 4
}

/** The first bit of a last block that is stored: its content stands at the end, after its length and the inverse of it. */
function firstOfStored(buffer, length, content) {
  const most = Math.min(0xffff, content.length, length - 5)
  if (most < PROOF || !isSame(buffer.subarray(length - PROOF, length), content.subarray(-PROOF))) return undefined
  for (let size = PROOF; size <= most; size++) {
    const at = length - size - 4
    if ((buffer[at] | (buffer[at + 1] << 8)) !== size) continue
    if ((buffer[at + 2] | (buffer[at + 3] << 8)) !== (size ^ 0xffff)) continue
    if (isSame(buffer.subarray(at + 4, length), content.subarray(-size))) return lastOneBefore(buffer, at * 8)
  }
  return undefined
}

function isSame(one, other) {
  return Buffer.compare(one, other) === 0
}

/** Between the bit that says that a block is the last and its length are zeros: two bits of type, and up to a byte. */
function lastOneBefore(buffer, end) {
  for (let bit = end - 3; bit >= end - 10; bit--) if ((buffer[bit >> 3] >> (bit & 7)) & 1) return bit
  return undefined
}

/** Headers that say 1 (the last) and 2 (with codes of its own) and do not count too many codes are looked into. */
function dynamicBlock(buffer, length, content) {
  const view = new DataView(buffer.buffer, buffer.byteOffset, length + ROOM)
  for (let byte = length - 1; byte >= Math.max(0, length - REACH); byte--) {
    const word = view.getUint32(byte, true)
    for (let found = startsIn(word); found !== 0; found &= found - 1) {
      const bit = 31 - Math.clz32(found & -found)
      const first = byte * 8 + bit
      if (!isComplete(view, first + 17, ((word >>> (bit + 13)) & 15) + 4)) continue
      const end = endOfBlock(new Bits(view, first + 3, length * 8), content)
      if (end !== undefined) return { first, end }
    }
  }
  return undefined
}

/** At which of the lowest eight bits a header may begin: of literals and lengths, and of distances, there are at most 30 each beyond the least. */
function startsIn(word) {
  const isLast = word & ~(word >>> 1) & (word >>> 2)
  const isTooMany = (word >>> 4) & (word >>> 5) & (word >>> 6) & (word >>> 7)
  const isTooFar = (word >>> 9) & (word >>> 10) & (word >>> 11) & (word >>> 12)
  return isLast & ~isTooMany & ~isTooFar & 0xff
}

/** How much of 128 four codes take, of three bits each for how many bits a code has: 7 of them take 1, 1 takes 64. */
const SHARES = Uint16Array.from({ length: 1 << 12 }, (_, four) =>
  [0, 3, 6, 9].reduce((taken, at) => taken + ((128 >> ((four >> at) & 7)) % 128), 0),
)

/** Whether a code of so many lengths has no gap: most of what is no header has. */
function isComplete(view, at, count) {
  let taken = 0
  let bit = at
  for (let left = count; left > 0 && taken <= 128; left -= 4) {
    const four = (view.getUint32(bit >> 3, true) >>> (bit & 7)) & 0xfff
    taken += SHARES[left < 4 ? four & ((1 << (left * 3)) - 1) : four]
    bit += 12
  }
  return taken === 128
}

/** The bit after a block with codes of its own; undefined unless it ends with the data, and stands for the content's end. */
function endOfBlock(bits, content) {
  const count = readBlock(bits, symbols)
  return count !== undefined && bits.isInLastByte() && standsForEnd(count, content) ? bits.at : undefined
}

/** Of the block at hand. */
const symbols = new Int32Array(REACH)

function standsForEnd(count, content) {
  let at = content.length
  for (let index = count - 1; index >= 0 && at > content.length - PROOF; index--) {
    at -= sizeOf(symbols[index])
    if (!standsFor(symbols[index], content, at)) return false
  }
  return at <= content.length - PROOF
}

function standsFor(symbol, content, at) {
  const distance = distanceOf(symbol)
  if (distance === 0) return content[at] === symbol
  if (distance > at) return false
  const end = at + sizeOf(symbol)
  let same = at
  while (same < end && content[same] === content[same - distance]) same++
  return same === end
}
