import { WASM } from '../generated/walk.js'

/**
 * Makes finished DEFLATE (RFC 1951) go on. Only the first bit of its last block says that it is the last, and no
 * compressor tells where that is: all blocks are walked through.
 * @returns {{ room: Uint8Array, openEnded: (length: number) => number }} `room` for the data, and what makes its last
 *   block one of many and ends it at a byte, so that more blocks may follow; returns the new length of the data, 0 if it
 *   was none
 */
export function opener() {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(WASM, 'base64')))
  const room = new Uint8Array(exports.memory.buffer, exports.DATA.value, exports.MOST.value)
  const openEnded = (length) => {
    if (!exports.walk(length)) return 0
    const first = exports.first.value
    room[first >> 3] &= ~(1 << (first & 7))
    return withEmptyBlock(room, exports.end.value)
  }
  // What is added needs some room, too.
  return { room: room.subarray(0, -8), openEnded }
}

/** An empty stored block ends at a byte, wherever it begins (3.2.4). */
function withEmptyBlock(room, bit) {
  const at = (bit + 3 + 7) >> 3
  room[bit >> 3] &= (1 << (bit & 7)) - 1
  room.fill(0, (bit + 7) >> 3, at + 2)
  room.fill(0xff, at + 2, at + 4)
  return at + 4
}
