import { ImageError } from '../errors.js'
import { assertOneReading } from './duplicateKeys.js'
import { textOf } from './goText.js'

/** The number of shortest values in 4 MiB: each takes far more memory than its text. */
const MOST_VALUES = 2 * 1024 * 1024

/** Deeper than any real document. A value that can be parsed may be too deep to print. */
const MOST_DEPTH = 1000

interface ParseOptions {
  where: string
  /** Maximum number of values, if lower than the general one. */
  most?: number | undefined
}

/**
 * Parses bytes as one JSON value, without a byte order mark and with nothing after it (RFC 8259). In texts, bytes
 * outside UTF-8 become U+FFFD, as in Go.
 * @throws ImageError FORMAT; UNSAFE if it would take too much memory
 */
export function parseJSON(bytes: Uint8Array, { where, most = MOST_VALUES }: ParseOptions): unknown {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new ImageError('FORMAT', 'JSON starts with a byte order mark', { where, hint: 'no engine reads it either' })
  }
  assertFew(bytes, { where, most })
  const { text, value } = decoded(bytes, where)
  assertOneReading(text, where)
  return value
}

function decoded(bytes: Uint8Array, where: string): { text: string; value: unknown } {
  try {
    const text = textOf(bytes)
    return { text, value: JSON.parse(text) }
  } catch (error) {
    throw new ImageError('FORMAT', `not JSON: ${(error as Error).message}`, { where, cause: error })
  }
}

/** Counts commas, and lists and objects, which may be nested without commas. */
function assertFew(bytes: Uint8Array, { where, most }: { where: string; most: number }): void {
  let depth = 0
  let values = 0
  let isInText = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x22) isInText = !isInText
    else if (!isInText) {
      depth += NESTING[byte] ?? 0
      values += STARTS[byte] ?? 0
    } else if (byte === 0x5c) at++
    if (depth > MOST_DEPTH) throw new ImageError('UNSAFE', `JSON is nested more than ${MOST_DEPTH} deep`, { where })
    if (values > most) throw new ImageError('UNSAFE', `JSON of more than ${most} values`, { where })
  }
}

/** By byte: the change of depth by a bracket or brace outside of texts. */
const NESTING = new Int8Array(256)
NESTING[0x5b] = NESTING[0x7b] = 1
NESTING[0x5d] = NESTING[0x7d] = -1

/** By byte: 1 if another value starts there or after it. */
const STARTS = new Int8Array(256)
STARTS[0x5b] = STARTS[0x7b] = STARTS[0x2c] = 1
