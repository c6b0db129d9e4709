import { cutShort } from './cut.js'
import { type Document, unknownFields } from './parse.js'
import type { Warn } from './warnings.js'

/** What is told of a document: its bytes, if white space in them is none of anybody's digest. */
interface Read {
  kind: Document
  value: unknown
  bytes?: Uint8Array
  where: string
}

/** Tells what is odd about a document that was read all the same. */
export function warnOfOddities({ kind, value, bytes, where }: Read, warn: Warn): void {
  const unknown = unknownFields(kind, value)
  if (unknown.length > 0) {
    const some = unknown
      .slice(0, MOST_TOLD)
      .map((path) => cutShort(path, MOST_LENGTH))
      .join(', ')
    const more = unknown.length > MOST_TOLD ? ` and ${unknown.length - MOST_TOLD} more` : ''
    warn({ code: 'UNKNOWN_FIELD', message: `nobody knows ${some}${more}; it is ignored`, where })
  }
  if (bytes !== undefined && hasTrailingSpace(bytes)) {
    warn({ code: 'TRAILING_SPACE', message: 'white space follows the JSON', where })
  }
}

const MOST_TOLD = 5
const MOST_LENGTH = 100

/** One end of a line is how Go's encoder ends what it writes, and editors. */
function hasTrailingSpace(bytes: Uint8Array): boolean {
  const [space = ''] = /[ \t\r\n]*$/.exec(Buffer.from(bytes.subarray(-64)).toString('latin1')) ?? []
  return space !== '' && space !== '\n' && space !== '\r\n'
}
