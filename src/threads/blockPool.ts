import { CHUNK } from '../bytes/bytes.js'
import { isPages, pages } from './pageMemory.js'

const spare: Uint8Array[] = []

/** Shared memory for a chunk of large content, which a disk can read by itself; to be given back. */
export function takeBlock(): Uint8Array {
  return spare.pop() ?? pages(CHUNK)
}

/** Gives back what was taken. Nobody may look at it any more. */
export function giveBlock(block: Uint8Array): void {
  // Other memory is left to the garbage collector, or a busy moment would be paid for ever.
  if (isPages(block)) spare.push(block)
}
