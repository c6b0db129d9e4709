import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'
import { CHUNK } from '../bytes/bytes.js'

let buffer: Buffer | undefined

/** Returns the hash of an open file's content, from its start to its end, in hex. */
export function fileSum(file: number, algorithm = 'sha256'): string {
  buffer ??= Buffer.alloc(CHUNK)
  const hash = createHash(algorithm)
  for (let at = 0, length = 0; ; at += length) {
    length = readSync(file, buffer, 0, buffer.length, at)
    if (length === 0) return hash.digest('hex')
    hash.update(buffer.subarray(0, length))
  }
}
