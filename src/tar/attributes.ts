import { ImageError } from '../spec/errors.js'
import { type NumberField, signedNumber } from './numbers.js'

/** The kind of a file system object. */
type ObjectKind = 'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo' | 'character' | 'block'

/** A point in time, since 1970; nanoseconds count forwards from the second, also before 1970. */
export interface Time {
  seconds: number
  nanoseconds: number
}

/**
 * All that a header of a layer states of its object. Names are "binary strings": each character is one byte, since
 * Linux knows no other encoding.
 */
export interface Attributes {
  path: string
  kind: ObjectKind
  /** The target of a link. */
  target: string
  /** Permissions, set-id bits and the sticky bit. */
  mode: number
  uid: number
  gid: number
  mtime: Time
  /** The time of the last access; that of the modification if the header does not state it. */
  atime: Time
  device: { major: number; minor: number }
  /** Extended attributes, in the header's order. */
  xattrs: readonly (readonly [name: string, value: Buffer])[]
}

/** The parts of an entry that extension headers gave. */
export interface Extended {
  path: Buffer | undefined
  target: Buffer | undefined
  records: ReadonlyMap<string, Buffer>
}

const KINDS: Record<string, ObjectKind> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
}

/** The largest user or group id; the next one means "leave it as it is" to the system (chown(2)). */
const MOST_ID = 4_294_967_294

/** The parts of a device number that Linux keeps (makedev(3), in the kernel 12 and 20 bits). */
const MOST_MAJOR = 0xfff
const MOST_MINOR = 0xf_ffff

const MODE: NumberField = ['the mode', 100, 108]
const UID: NumberField = ['the owner', 108, 116]
const GID: NumberField = ['the group', 116, 124]
const MTIME: NumberField = ['the time', 136, 148]
const MAJOR: NumberField = ['the device', 329, 337]
const MINOR: NumberField = ['the device', 337, 345]

/** Returns the attributes in a header block. @throws ImageError UNSAFE for numbers that the system would cut */
export function attributesIn(block: Buffer, { path, target, records }: Extended): Attributes {
  const flag = String.fromCharCode(block[156] ?? 0)
  const kind = KINDS[flag]
  const name = path?.toString('latin1') ?? nameOf(block)
  if (kind === undefined) {
    throw new ImageError('UNSUPPORTED', 'an entry of an unknown type', {
      where: shown(name),
      found: JSON.stringify(flag),
    })
  }
  const isLink = kind === 'symlink' || kind === 'hardlink'
  const mtime = timeIn(records, 'mtime') ?? { seconds: signedNumber(block, MTIME), nanoseconds: 0 }
  return {
    path: name,
    kind,
    target: isLink ? (target?.toString('latin1') ?? textAt(block, 157, 257)) : '',
    mode: signedNumber(block, MODE) & 0o7777,
    uid: checkedID(textOf(records, 'uid') ?? signedNumber(block, UID), 'user', name),
    gid: checkedID(textOf(records, 'gid') ?? signedNumber(block, GID), 'group', name),
    mtime,
    atime: timeIn(records, 'atime') ?? mtime,
    device: kind === 'character' || kind === 'block' ? deviceIn(block, name) : NO_DEVICE,
    xattrs: records.size === 0 ? NO_XATTRS : xattrsIn(records),
  }
}

const NO_DEVICE = { major: 0, minor: 0 }
const NO_XATTRS: Attributes['xattrs'] = []

function nameOf(block: Buffer): string {
  const name = textAt(block, 0, 100)
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\0'
  const prefix = isUstar ? textAt(block, 345, 500) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

/** Returns a text field up to a NUL, as a binary string. */
function textAt(block: Buffer, from: number, to: number): string {
  const end = block.indexOf(0, from)
  return block.toString('latin1', from, end < 0 || end > to ? to : end)
}

/** Returns a binary string as people read it. */
function shown(binary: string): string {
  return Buffer.from(binary, 'latin1').toString('utf8')
}

function checkedID(stated: string | number, kind: 'user' | 'group', name: string): number {
  const id = Number(stated)
  if (id >= 0 && id <= MOST_ID) return id
  throw new ImageError('UNSAFE', `the ${kind} id is beyond what Linux knows`, {
    where: shown(name),
    expected: `0 to ${MOST_ID}`,
    found: stated,
  })
}

function deviceIn(block: Buffer, name: string): { major: number; minor: number } {
  const [major, minor] = [signedNumber(block, MAJOR), signedNumber(block, MINOR)]
  const isKept = major >= 0 && major <= MOST_MAJOR && minor >= 0 && minor <= MOST_MINOR
  if (isKept) return { major, minor }
  throw new ImageError('UNSAFE', 'the device number is beyond what Linux knows', {
    where: shown(name),
    expected: `at most ${MOST_MAJOR}:${MOST_MINOR}`,
    found: `${major}:${minor}`,
  })
}

/** Returns a time of a PAX record, which may have a fraction (POSIX pax, mtime); undefined without one. */
function timeIn(records: ReadonlyMap<string, Buffer>, key: 'mtime' | 'atime'): Time | undefined {
  const text = textOf(records, key)
  if (text === undefined) return undefined
  const [whole = '0', fraction = ''] = text.split('.')
  const nanoseconds = Number(fraction.slice(0, 9).padEnd(9, '0'))
  const seconds = Number(whole)
  if (!text.startsWith('-') || nanoseconds === 0) return { seconds: seconds + 0, nanoseconds }
  return { seconds: seconds - 1, nanoseconds: 1_000_000_000 - nanoseconds }
}

/** Returns the text of a record; undefined if there is none, or it is empty, which cancels it. */
function textOf(records: ReadonlyMap<string, Buffer>, key: string): string | undefined {
  return records.get(key)?.toString('latin1') || undefined
}

const XATTR = 'SCHILY.xattr.'

function xattrsIn(records: ReadonlyMap<string, Buffer>): [string, Buffer][] {
  return [...records].flatMap(([key, value]) =>
    key.startsWith(XATTR) ? [[key.slice(XATTR.length), value] as [string, Buffer]] : [],
  )
}
