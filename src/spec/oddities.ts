import { isUtf8 } from 'node:buffer'
import { cutShort } from './cut.js'
import { type Document, unknownFields } from './parse.js'
import type { Warn } from './warnings.js'

/** A parsed document. It has `bytes` only if no digest covers them, so that white space at their end is worth a warning. */
interface ReadDocument {
  kind: Document
  value: unknown
  bytes?: Uint8Array
  where: string
}

/** Tells what is odd about a document that was read all the same. */
export function warnOfOddities({ kind, value, bytes, where }: ReadDocument, warn: Warn): void {
  const unknown = unknownFields(kind, value)
  if (unknown.length > 0) {
    const some = unknown
      .slice(0, MOST_TOLD)
      .map((path) => cutShort(path, MOST_LENGTH))
      .join(', ')
    const more = unknown.length > MOST_TOLD ? ` and ${unknown.length - MOST_TOLD} more` : ''
    warn({ code: 'UNKNOWN_FIELD', message: `unknown fields are ignored: ${some}${more}`, where })
  }
  if (bytes !== undefined && hasTrailingSpace(bytes)) {
    warn({ code: 'TRAILING_SPACE', message: 'white space follows the JSON', where })
  }
}

/** Warns of text that is not UTF-8. */
export function warnOfBytes(bytes: Uint8Array, where: string, warn: Warn): void {
  if (!isUtf8(bytes)) warn({ ...NO_TEXT, where })
}

/** The warning that a document's text is not UTF-8. */
export const NO_TEXT = {
  code: 'NOT_UTF8',
  message: 'its JSON is not all UTF-8; other bytes are read as U+FFFD, as engines do',
} as const

/** Tells of fields that a document needs to have, and that engines do not ask for. */
export function warnOfMissing(
  kind: 'index' | 'manifest',
  { value, where }: Pick<ReadDocument, 'where' | 'value'>,
  warn: Warn,
) {
  const missing = REQUIRED[kind].filter((name) => !hasField(value, name))
  if (missing.length === 0) return
  warn({ code: 'MISSING_FIELD', message: `it has no ${missing.join(' and no ')}; it is read nevertheless`, where })
}

const REQUIRED = { index: ['schemaVersion', 'manifests'], manifest: ['schemaVersion'] } as const

function hasField(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && name in value
}

const MOST_TOLD = 5
const MOST_LENGTH = 100

/** True if anything but one line end follows: Go's encoder and editors write one. */
function hasTrailingSpace(bytes: Uint8Array): boolean {
  const [space = ''] = /[ \t\r\n]*$/.exec(Buffer.from(bytes.subarray(-64)).toString('latin1')) ?? []
  return space !== '' && space !== '\n' && space !== '\r\n'
}
