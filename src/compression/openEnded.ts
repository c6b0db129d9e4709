import { WASM } from '../generated/walk.js'

interface Exports {
  memory: WebAssembly.Memory
  DATA: WebAssembly.Global
  MOST: WebAssembly.Global
  /** Bits: where the last block begins, and where it ends. */
  first: WebAssembly.Global
  end: WebAssembly.Global
  walk(size: number): number
}

/** Makes finished DEFLATE go on. */
interface Opener {
  /** For the data. */
  room: Uint8Array
  /**
   * Makes its last block one of many and ends it at a byte, so that more blocks may follow. Returns the new length of
   * the data, 0 if it was no DEFLATE.
   */
  openEnded: (length: number) => number
}

/**
 * Makes finished DEFLATE (RFC 1951) go on. Only the first bit of its last block says that it is the last, and no
 * compressor tells where that is: all blocks are walked through.
 */
export function opener(): Opener {
  const { exports } = new WebAssembly.Instance<Exports>(new WebAssembly.Module(Buffer.from(WASM, 'base64')))
  const room = new Uint8Array(exports.memory.buffer, exports.DATA.value, exports.MOST.value)
  const openEnded = (length: number) => {
    if (!exports.walk(length)) return 0
    const first = exports.first.value
    keepBits(room, first >> 3, ~(1 << (first & 7)))
    return withEmptyBlock(room, exports.end.value)
  }
  // The last bytes are room for the empty block.
  return { room: room.subarray(0, -8), openEnded }
}

/** An empty stored block ends at a byte, wherever it begins (3.2.4). */
function withEmptyBlock(room: Uint8Array, bit: number): number {
  const at = (bit + 3 + 7) >> 3
  keepBits(room, bit >> 3, (1 << (bit & 7)) - 1)
  room.fill(0, (bit + 7) >> 3, at + 2)
  room.fill(0xff, at + 2, at + 4)
  return at + 4
}

function keepBits(room: Uint8Array, at: number, bits: number): void {
  room[at] = (room[at] ?? 0) & bits
}
