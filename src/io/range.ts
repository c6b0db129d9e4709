import type { FileHandle } from 'node:fs/promises'
import { type Bytes, CHUNK } from '../bytes/bytes.js'
import { memoryFor } from '../bytes/smallContent.js'
import { ImageError } from '../spec/errors.js'
import { doubleBuffered } from './doubleBuffer.js'

/**
 * Returns `length` bytes of an open file from `offset` on. Several ranges of one file can be read at a time.
 * @throws ImageError FORMAT if the file ends before
 */
export function readRange(file: FileHandle, { offset, length }: { offset: number; length: number }): Bytes {
  let position = offset
  const end = offset + length
  return doubleBuffered(
    async (buffer) => {
      const wanted = Math.min(buffer.length, end - position)
      if (wanted === 0) return 0
      const { bytesRead } = await file.read(buffer, 0, wanted, position)
      if (bytesRead === 0) {
        throw new ImageError('FORMAT', 'the file was truncated while it was read', { expected: end, found: position })
      }
      position += bytesRead
      return bytesRead
    },
    { size: Math.min(CHUNK, length), memory: memoryFor(length) },
  )
}
