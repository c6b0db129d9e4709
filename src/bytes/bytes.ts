import { ImageError } from '../spec/errors.js'

/**
 * Bytes on their way. A chunk is valid until the next one is asked for: producers reuse their memory, so whoever wants
 * to keep bytes copies them. Every Readable is one of these.
 */
export type Bytes = AsyncIterable<Uint8Array>

/** Size of the chunks that move large content: large enough that the cost of a chunk vanishes beside that of its bytes. */
export const CHUNK = 1024 * 1024

/** One chunk, as bytes on their way. */
export async function* single(chunk: Uint8Array): Bytes {
  if (chunk.length > 0) yield chunk
}

/**
 * All bytes, in memory of their own.
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

/** The refusal of a document that is too large to be held in memory. */
export function tooLarge(where: string, limit: number): ImageError {
  return new ImageError('UNSUPPORTED', `larger than the ${limit} bytes that a JSON document may have`, { where })
}

/** The bytes from `start` on. */
export async function* skipping(bytes: Bytes, start: number): Bytes {
  let left = start
  for await (const chunk of bytes) {
    if (left < chunk.length) yield chunk.subarray(left)
    left -= Math.min(left, chunk.length)
  }
}

/** Reads to the end for the sake of it. */
export async function drain(bytes: Bytes): Promise<void> {
  for await (const _ of bytes);
}
