import { CHUNK } from '../bytes/bytes.js'
import { isPages, pages } from './pageMemory.js'

const spare: Uint8Array[] = []

/** Returns shared memory for a chunk of large content. A disk can read it directly. Give it back with `giveBlock`. */
export function takeBlock(): Uint8Array {
  return spare.pop() ?? pages(CHUNK)
}

/** Gives back a block. Nothing may use it any more. */
export function giveBlock(block: Uint8Array): void {
  // Other memory is left to the garbage collector; the pool would otherwise keep the memory of a busy moment for ever.
  if (isPages(block)) spare.push(block)
}
