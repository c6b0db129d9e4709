import { looksLike } from '../bytes/sniff.js'

/** A kind of content that is not an archive, and a hint for its owner. */
export interface Kind {
  /** Name in messages. */
  what: string
  hint?: string
}

/**
 * Recognises an archive that was converted as text on its way, or that follows other text; undefined for anything else.
 */
export function disguised(head: Uint8Array): Kind | undefined {
  return reencoded(head) ?? behindText(head)
}

/** Recognises JSON and plain text: base64 of an archive, or a program's output; undefined for anything else. */
export function textual(head: Uint8Array): Kind | undefined {
  const text = Buffer.from(head)
    .toString('utf8')
    .replace(/\ufffd+$/, '')
  if (JSON_START.test(text)) return { what: 'JSON', hint: 'give the archive or directory that contains it' }
  if (!isText(text)) return undefined
  const inner = withinBase64(text)
  if (inner !== undefined) return { what: `base64 of ${inner}`, hint: 'decode it first: base64 -d' }
  return { what: `text: ${quoted(text)}`, hint: `if it should be an archive, ${SAVE}` }
}

/** The start of JSON, unlike a line such as `[+] Building` or `[1/3] STEP`. */
const JSON_START = /^\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[[\]{"]|-?\d[\d.eE+-]*\s*[,\]]|true|false|null|$))/

const SAVE = 'save it again with docker save -o FILE'

/** Recognises UTF-16 or a byte order mark: some shells convert bytes that they take for text. */
function reencoded(head: Uint8Array): Kind | undefined {
  const [first, second, third] = head
  const hint = `PowerShell's > changes the bytes that pass: ${SAVE}`
  if (first === 0xff && second === 0xfe) return { what: 'UTF-16 text', hint }
  if (first === 0xfe && second === 0xff) return { what: 'UTF-16 text', hint }
  if (first === 0xef && second === 0xbb && third === 0xbf) return { what: 'UTF-8 text with a byte order mark', hint }
  const units = Buffer.from(head.subarray(0, UNITS * 2)).toString('latin1')
  return /^(?:[\x20-\x7e]\0){4}|^(?:\0[\x20-\x7e]){4}/.test(units) ? { what: 'UTF-16 text', hint } : undefined
}

/** Minimum number of two-byte letters to recognise UTF-16: a tar may start with a short file name. */
const UNITS = 4

/** Recognises an archive that follows other text on the same stream. */
function behindText(head: Uint8Array): Kind | undefined {
  const text = Buffer.from(head).toString('latin1')
  const magic = text.indexOf('ustar', MAGIC_AT + 1)
  const start = magic < 0 ? text.search(ARCHIVE_START) : magic - MAGIC_AT
  if (start < 1 || !isText(text.slice(0, start))) return undefined
  return {
    what: `text before an archive: ${quoted(Buffer.from(head.subarray(0, start)).toString('utf8'))}`,
    hint: `messages went where the archive should go: ${SAVE}`,
  }
}

/** After a line end: a name as in a tar header, or the magic of gzip or zstd. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they distinguish binary data from text
const ARCHIVE_START = /(?<=[\r\n])(?:[^\r\n\0]{1,100}\0|\x1f\x8b\x08|\x28\xb5\x2f\xfd)/

/** Position of the magic in a tar header. */
const MAGIC_AT = 257

/** Returns the kind of data in base64. If its last line is cut off, its last letters do not matter. */
function withinBase64(text: string): string | undefined {
  const letters = text.replace(/^(?:-----BEGIN [^\n]*|begin-base64 [^\n]*|data:[^,\n]*,)/, '').replaceAll(/\s/g, '')
  if (letters.length < 8 || !/^[A-Za-z0-9+/]+={0,2}$/.test(letters)) return undefined
  const bytes = Buffer.from(letters, 'base64')
  if (bytes.toString('latin1', MAGIC_AT, MAGIC_AT + 5) === 'ustar') return 'a tar archive'
  const looks = looksLike(bytes)
  return PACKED.has(looks) ? `${looks} data` : undefined
}

const PACKED: ReadonlySet<string> = new Set(['gzip', 'zstd', 'xz', 'bzip2', 'tar'])

/** True for readable text, with or without terminal colours. */
function isText(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is a test for control characters
  return /\S/.test(text) && !/[\u0000-\u0007\u000b\u000e-\u001a\u001c-\u001f\u007f\ufffd]/.test(text)
}

/** Returns the start of the first line, in quotes. */
function quoted(text: string): string {
  const line = text.trim().split(/[\r\n]/, 1)[0] ?? ''
  return JSON.stringify(line.length <= QUOTED ? line : `${line.slice(0, QUOTED)}…`)
}

const QUOTED = 60
