import { looksLike } from '../bytes/sniff.js'

/** What is no archive, and what its owner may want to do about it. */
export interface Kind {
  /** As messages call it. */
  what: string
  hint?: string
}

/** An archive that something on its way took for text, or wrote text before; undefined of anything else. */
export function disguised(head: Uint8Array): Kind | undefined {
  return reencoded(head) ?? behindText(head)
}

/** JSON, or text and nothing else: base64 of an archive, or what a program had to say; undefined of anything else. */
export function textual(head: Uint8Array): Kind | undefined {
  const text = Buffer.from(head)
    .toString('utf8')
    .replace(/\ufffd+$/, '')
  if (JSON_START.test(text)) return { what: 'JSON', hint: 'give the archive or the directory that it is from' }
  if (!isText(text)) return undefined
  const inner = withinBase64(text)
  if (inner !== undefined) return { what: `base64 of ${inner}`, hint: 'decode it first: base64 -d' }
  return { what: `text: ${quoted(text)}`, hint: `if it should be an archive, ${SAVE}` }
}

/** How JSON starts, and not a line such as `[+] Building` or `[1/3] STEP`. */
const JSON_START = /^\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[[\]{"]|-?\d[\d.eE+-]*\s*[,\]]|true|false|null|$))/

const SAVE = 'save it again with docker save -o FILE'

/** UTF-16 or a byte order mark: what a shell makes of bytes that it takes for text. */
function reencoded(head: Uint8Array): Kind | undefined {
  const [first, second, third] = head
  const hint = `PowerShell's > changes the bytes that pass: ${SAVE}`
  if (first === 0xff && second === 0xfe) return { what: 'UTF-16 text', hint }
  if (first === 0xfe && second === 0xff) return { what: 'UTF-16 text', hint }
  if (first === 0xef && second === 0xbb && third === 0xbf) return { what: 'UTF-8 text with a byte order mark', hint }
  const units = Buffer.from(head.subarray(0, UNITS * 2)).toString('latin1')
  return /^(?:[\x20-\x7e]\0){4}|^(?:\0[\x20-\x7e]){4}/.test(units) ? { what: 'UTF-16 text', hint } : undefined
}

/** As many two-byte units have to be letters for UTF-16: a name of a file in a tar may be short. */
const UNITS = 4

/** An archive that comes after something else on the same stream. */
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

/** What starts with a name in a tar header, gzip or zstd, after the end of a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells binary data from text
const ARCHIVE_START = /(?<=[\r\n])(?:[^\r\n\0]{1,100}\0|\x1f\x8b\x08|\x28\xb5\x2f\xfd)/

/** Where a tar header says what it is. */
const MAGIC_AT = 257

/** What base64 is of. Of a line that is cut off by the end of the head the last letters do not matter. */
function withinBase64(text: string): string | undefined {
  const letters = text.replace(/^(?:-----BEGIN [^\n]*|begin-base64 [^\n]*|data:[^,\n]*,)/, '').replaceAll(/\s/g, '')
  if (letters.length < 8 || !/^[A-Za-z0-9+/]+={0,2}$/.test(letters)) return undefined
  const bytes = Buffer.from(letters, 'base64')
  if (bytes.toString('latin1', MAGIC_AT, MAGIC_AT + 5) === 'ustar') return 'a tar archive'
  const looks = looksLike(bytes)
  return PACKED.has(looks) ? `${looks} data` : undefined
}

const PACKED: ReadonlySet<string> = new Set(['gzip', 'zstd', 'xz', 'bzip2', 'tar'])

/** True of what a person may read; colours of a terminal are a part of it. */
function isText(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  return /\S/.test(text) && !/[\u0000-\u0007\u000b\u000e-\u001a\u001c-\u001f\u007f\ufffd]/.test(text)
}

/** The start of its first line. */
function quoted(text: string): string {
  const line = text.trim().split(/[\r\n]/, 1)[0] ?? ''
  return JSON.stringify(line.length <= QUOTED ? line : `${line.slice(0, QUOTED)}…`)
}

const QUOTED = 60
