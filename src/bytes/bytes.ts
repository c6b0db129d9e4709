import { ImageError } from '../spec/errors.js'

/**
 * A stream of bytes. A chunk is valid until the next one is requested: producers reuse their memory, so copy bytes to
 * keep them. Every Readable is a stream of this kind.
 */
export type Bytes = AsyncIterable<Uint8Array>

/** Size of the chunks that move large content. Their number then costs nearly nothing beside their bytes. */
export const CHUNK = 1024 * 1024

/** Returns one chunk as a stream. */
export async function* single(chunk: Uint8Array): Bytes {
  if (chunk.length > 0) yield chunk
}

/**
 * Returns all bytes, in memory of their own.
 * @throws ImageError UNSUPPORTED beyond `limit` bytes; the rest is not read
 */
export async function readAll(bytes: Bytes, { limit, where }: { limit: number; where: string }): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.length
    if (size > limit) throw tooLarge(where, limit)
    chunks.push(Buffer.from(chunk))
  }
  return Buffer.concat(chunks, size)
}

/** Returns the failure for a document that is too large for memory. */
export function tooLarge(where: string, limit: number): ImageError {
  return new ImageError('UNSUPPORTED', `larger than the ${limit} bytes that a JSON document may have`, { where })
}

/** Returns the bytes from `start` on. */
export async function* skipping(bytes: Bytes, start: number): Bytes {
  let left = start
  for await (const chunk of bytes) {
    if (left < chunk.length) yield chunk.subarray(left)
    left -= Math.min(left, chunk.length)
  }
}

/** Reads to the end and drops the bytes. */
export async function drain(bytes: Bytes): Promise<void> {
  for await (const _ of bytes);
}
