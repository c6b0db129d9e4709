import { writeSync } from 'node:fs'

/**
 * Bytes of one write. For more, Linux looks for large areas of free memory for its cache. On a machine with cold or
 * scattered memory, that takes longer than everything else.
 */
const PIECE = 64 * 1024

/**
 * Writes all of it to a file from a position on, however the system cuts it up. At once, and not in a thread of Node's: a
 * piece goes to the system's cache in less time than it takes to ask for that.
 * @param file a descriptor
 */
export function writeFully(file: number, bytes: Uint8Array, position = 0): void {
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(file, bytes, at, Math.min(PIECE, bytes.length - at), position + at)
  }
}

/** Writes texts to a new file, one after the other. @throws the system's error if the disk has no room for all of them */
export function writeTexts(file: number, texts: Iterable<string>): void {
  let position = 0
  for (const text of texts) {
    const bytes = Buffer.from(text)
    writeFully(file, bytes, position)
    position += bytes.length
  }
}
