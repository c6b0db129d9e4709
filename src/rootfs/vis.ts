import { ImageError } from '../spec/errors.js'

/** Matches bytes that are written as octal digits, and backslashes, which are doubled. */
const SPECIAL = /[^\x21-\x7e]|[*?[#\\]/g
const HAS_SPECIAL = new RegExp(SPECIAL.source)

/** Writes bytes as printable ASCII without white space, as go-mtree does (vis(3): VIS_WHITE, VIS_OCTAL, VIS_GLOB). */
export function visEncode(bytes: Buffer): string {
  const text = bytes.toString('latin1')
  return HAS_SPECIAL.test(text) ? text.replace(SPECIAL, escaped) : text
}

/**
 * Reads what {@link visEncode} writes, and the other escapes of vis(3).
 * @throws ImageError FORMAT for an unknown escape
 */
export function visDecode(text: string, where: string): Buffer {
  if (!text.includes('\\')) return Buffer.from(text, 'latin1')
  const decoded = text.replace(/\\(M[-^].|\^.|x[0-9a-fA-F]{2}|[0-7]{1,3}|.?)/g, (_, code: string) => {
    const byte = unescaped(code)
    if (byte === undefined) throw new ImageError('FORMAT', 'unknown escape in a name', { where, found: `\\${code}` })
    return String.fromCharCode(byte)
  })
  return Buffer.from(decoded, 'latin1')
}

function escaped(character: string): string {
  return character === '\\' ? '\\\\' : `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`
}

/**
 * Returns the byte of an escape of vis(3), which is given without its backslash; undefined if there is none such.
 */
function unescaped(code: string): number | undefined {
  const letter = LETTERS[code]
  if (letter !== undefined) return letter
  const last = code.charCodeAt(code.length - 1)
  if (code.startsWith('M-')) return last | 0x80
  if (code.startsWith('M^')) return control(last) | 0x80
  if (code.startsWith('^')) return control(last)
  if (/^x../.test(code)) return Number.parseInt(code.slice(1), 16)
  const octal = /^[0-7]+$/.test(code) ? Number.parseInt(code, 8) : undefined
  return octal === undefined || octal > 0xff ? undefined : octal
}

/** Returns the byte of a control character's letter; `?` stands for DEL. */
function control(letter: number): number {
  return letter === 0x3f ? 0x7f : letter & 0x1f
}

/** Bytes of escapes as in C. */
const LETTERS: Readonly<Record<string, number>> = {
  '\\': 0x5c,
  '"': 0x22,
  n: 0x0a,
  r: 0x0d,
  b: 0x08,
  a: 0x07,
  v: 0x0b,
  t: 0x09,
  f: 0x0c,
  s: 0x20,
  E: 0x1b,
}
