import { isUtf8 } from 'node:buffer'

/**
 * Bytes as text, as Go reads it: each byte that is no part of UTF-8 is U+FFFD. Decoders of the web make one of it of all
 * that a sequence has before it breaks off, so that a path would be another there.
 */
export function textOf(bytes: Uint8Array): string {
  return isUtf8(bytes) ? new TextDecoder().decode(bytes) : mended(bytes)
}

/** Decoded piece by piece, since what stands for a byte takes three. */
function mended(bytes: Uint8Array): string {
  const texts: string[] = []
  const piece = Buffer.alloc(PIECE + REPLACEMENT.length + 1)
  let filled = 0
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceAt(bytes, at)
    const next = length === 0 ? REPLACEMENT : bytes.subarray(at, at + length)
    if (length === 1) piece[filled] = bytes[at] ?? 0
    else piece.set(next, filled)
    filled += next.length
    at += Math.max(1, length)
    if (filled < PIECE && at < bytes.length) continue
    texts.push(piece.toString('utf8', 0, filled))
    filled = 0
  }
  return texts.join('')
}

const PIECE = 64 * 1024
const REPLACEMENT = Buffer.from('\ufffd')

/** How long the UTF-8 of the character is that starts here; 0 for none (RFC 3629, 4). */
function sequenceAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return 0
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  const [least, most] = SECOND[first] ?? [0x80, 0xbf]
  if (!isBetween(bytes[at + 1], least, most)) return 0
  for (let next = at + 2; next < at + length; next++) if (!isBetween(bytes[next], 0x80, 0xbf)) return 0
  return length
}

/** What the second byte may be, where not every one may follow. */
const SECOND: Readonly<Record<number, readonly [number, number]>> = {
  224: [0xa0, 0xbf],
  237: [0x80, 0x9f],
  240: [0x90, 0xbf],
  244: [0x80, 0x8f],
}

function isBetween(byte: number | undefined, least: number, most: number): boolean {
  return byte !== undefined && byte >= least && byte <= most
}
