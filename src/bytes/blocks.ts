import { CHUNK } from './bytes.js'
import { pages } from './pages.js'

const spare: Uint8Array[] = []

/** Shared memory for a chunk of large content, which a disk can read by itself; to be given back. */
export function takeBlock(): Uint8Array {
  return spare.pop() ?? pages(CHUNK)
}

/** Gives back what was taken, to be used again. Nobody may look at it any more. */
export function giveBlock(block: Uint8Array): void {
  spare.push(block)
}
