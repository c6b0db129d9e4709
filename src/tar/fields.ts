import { ImageError } from '../spec/errors.js'
import type { EntryType } from './entry.js'
import { isNumber, type NumberField, signedNumber } from './numbers.js'

/** Number fields of every header, except for the size. */
const NUMBERS = [
  ['the mode', 100, 108],
  ['the owner', 108, 116],
  ['the group', 116, 124],
  ['the time', 136, 148],
] as const

/** Number fields that ustar and GNU add. */
const DEVICES = [
  ['the device', 329, 337],
  ['the device', 337, 345],
] as const

/** Number fields that star has at the end of ustar's prefix. */
const STAR_TIMES = [
  ['the time of access', 476, 488],
  ['the time of change', 488, 500],
] as const

/** Bits of a mode for the kind of file (POSIX stat). */
const KIND = 0o170_000
const REGULAR = 0o100_000
const KINDS: Partial<Record<EntryType, number>> = { directory: 0o040_000, symlink: 0o120_000 }

/**
 * Returns the name in a header, after its prefix: ustar has one, v7 and GNU have none.
 * @throws ImageError UNSAFE if readers disagree on the name; FORMAT if a number field has no number
 */
export function nameIn(block: Uint8Array): string {
  const magic = magicOf(block)
  assertNumbers(block, NUMBERS)
  const name = text(block, 0, 100)
  if (magic === 'v7') return name
  assertNumbers(block, DEVICES)
  if (magic === 'gnu') {
    assertNoPrefix(block)
    return name
  }
  const prefix = text(block, 345, 500)
  if (isStar(block)) assertStar(block, prefix)
  return prefix === '' ? name : `${prefix}/${name}`
}

/** Returns the target of a link in a header. */
export function linkTargetIn(block: Uint8Array): string {
  return text(block, 157, 257)
}

/**
 * Checks the mode's bits: some readers take the kind of an entry from them, and follow a file as a link.
 * @throws ImageError UNSAFE if mode and type disagree
 */
export function assertKind(block: Uint8Array, type: EntryType, path: string): void {
  const kind = lowMode(block) & KIND
  if (kind === 0 || kind === REGULAR || kind === KINDS[type] || type === 'other') return
  throw new ImageError('UNSAFE', 'two kinds for one tar entry: its mode and its type differ', {
    where: path,
    expected: type,
    found: `mode ${kind.toString(8)}`,
  })
}

/** Returns text up to a NUL, or to the end of its field. */
export function text(bytes: Uint8Array, from = 0, to = bytes.length): string {
  const end = bytes.indexOf(0, from)
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, (end < 0 ? to : Math.min(end, to)) - from).toString('utf8')
}

function magicOf(block: Uint8Array): 'ustar' | 'gnu' | 'v7' {
  const magic = Buffer.from(block.buffer, block.byteOffset + 257, 8).toString('latin1')
  if (magic.startsWith('ustar\0')) return 'ustar'
  return magic === 'ustar  \0' ? 'gnu' : 'v7'
}

/** True for star: it marks the last bytes of a header. */
function isStar(block: Uint8Array): boolean {
  return block[508] === 0x74 && block[509] === 0x61 && block[510] === 0x72 && block[511] === 0
}

/**
 * Refuses names that depend on the prefix's length: it is shorter in star than in ustar, which not all readers know.
 */
function assertStar(block: Uint8Array, prefix: string): void {
  const short = text(block, 345, 476)
  if (short !== prefix) throw twoNames(short, prefix)
  assertNumbers(block, STAR_TIMES)
}

/** Refuses a prefix of GNU. Times are in its place, and Go's readers take anything else for a prefix. */
function assertNoPrefix(block: Uint8Array): void {
  if (block[345] === 0) return
  const isTime = (from: number) => block[from] === 0 || isNumber(block.subarray(from, from + 12))
  if (!isTime(345) || !isTime(357)) throw twoNames('', text(block, 345, 500))
}

function twoNames(expected: string, found: string): ImageError {
  return new ImageError('UNSAFE', 'two names for one tar entry: readers disagree on its prefix', { expected, found })
}

/** Checks fields that no image depends on: readers refuse an archive if they cannot read them. */
function assertNumbers(block: Uint8Array, fields: readonly NumberField[]): void {
  for (const field of fields) signedNumber(block, field)
}

/** Returns the lowest bits of the mode, which may be in base 256. */
function lowMode(block: Uint8Array): number {
  if ((block[100] ?? 0) & 0x80) return ((block[106] ?? 0) << 8) | (block[107] ?? 0)
  return Number.parseInt(text(block, 100, 108), 8) || 0
}
