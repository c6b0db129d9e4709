import { isUtf8 } from 'node:buffer'

/**
 * Decodes bytes as Go does: each byte outside UTF-8 becomes U+FFFD. Web decoders replace a broken sequence as a whole,
 * so a path would differ.
 */
export function textOf(bytes: Uint8Array): string {
  return isUtf8(bytes) ? new TextDecoder().decode(bytes) : mended(bytes)
}

/** Decodes in pieces, since the replacement of a byte takes three bytes. */
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

/** Returns the length of the UTF-8 character at this position; 0 if there is none (RFC 3629, 4). */
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

/** Ranges of the second byte where they are limited, by the first byte. */
const SECOND: Readonly<Record<number, readonly [number, number]>> = {
  224: [0xa0, 0xbf],
  237: [0x80, 0x9f],
  240: [0x90, 0xbf],
  244: [0x80, 0x8f],
}

function isBetween(byte: number | undefined, least: number, most: number): boolean {
  return byte !== undefined && byte >= least && byte <= most
}
