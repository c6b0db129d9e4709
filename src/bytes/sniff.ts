import { type Bytes, single } from './bytes.js'
import { startOf } from './cursor.js'
import { checksumAgrees, isZero, TAR_BLOCK } from './tarChecksum.js'

/** The look of content, by its first bytes. */
export type Looks = 'empty' | 'gzip' | 'zstd' | 'xz' | 'bzip2' | 'tar' | 'unknown'

/** Bytes that a look needs: one tar header. */
export const HEAD = TAR_BLOCK

/** Content and the look of its first bytes. */
export interface Sniffed {
  looks: Looks
  head: Uint8Array
  /** The whole content. */
  bytes: Bytes
}

/** Looks at the first bytes, and returns them with the rest. */
export async function sniff(bytes: Bytes): Promise<Sniffed> {
  const source = bytes[Symbol.asyncIterator]()
  const chunks: Buffer[] = []
  let size = 0
  let last: Uint8Array | undefined
  // Only the last chunk is still valid, so the ones before it are copied.
  for (;;) {
    const { done, value } = await source.next()
    if (done) break
    last = value
    if (size + value.length >= HEAD) break
    chunks.push(Buffer.from(value))
    size += value.length
    last = undefined
  }
  const before = Buffer.concat(chunks)
  const head = last === undefined ? before : Buffer.concat([before, last.subarray(0, HEAD - size)])
  return { looks: looksLike(head), head, bytes: resumed(before, last, source) }
}

/** Returns the look of content that can be read again. Only its first bytes are read. */
export async function lookAt(bytes: Bytes): Promise<Looks> {
  return looksLike(await startOf(bytes, HEAD))
}

/** Returns the kind of content with these first bytes. The checksum identifies a tar header. */
export function looksLike(head: Uint8Array): Looks {
  if (head.length === 0) return 'empty'
  // Tar comes first: the name of its first file may look like anything.
  if (head.length >= HEAD && (isZero(head) || checksumAgrees(head))) return 'tar'
  for (const [looks, magic] of MAGIC) if (magic.every((byte, at) => head[at] === byte)) return looks
  return isSkippable(head) ? 'zstd' : 'unknown'
}

const MAGIC: [Looks, number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['bzip2', [0x42, 0x5a, 0x68]],
]

/** True for a frame that zstd skips; parallel compressors write one first (RFC 8878, 3.1.2). */
function isSkippable(head: Uint8Array): boolean {
  return (head[0] ?? 0) >> 4 === 5 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18
}

async function* resumed(before: Buffer, last: Uint8Array | undefined, source: AsyncIterator<Uint8Array>): Bytes {
  try {
    yield* single(before)
    if (last === undefined) return
    yield last
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value
  } finally {
    await source.return?.()
  }
}
