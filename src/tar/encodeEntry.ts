import { TAR_BLOCK } from '../bytes/tarChecksum.js'
import type { Attributes } from './attributes.js'
import { asciiOf, finished, isASCII, NAME_FIELD, octal, paxHeader, paxRecord } from './headerBlock.js'

/** What the header of a layer's entry is to state. Texts are binary strings: each character is one byte. */
export interface EntryHeader
  extends Pick<Attributes, 'kind' | 'target' | 'mode' | 'uid' | 'gid' | 'xattrs' | 'device'> {
  /** That of a directory ends in a slash. */
  path: string
  /** Seconds since 1970. */
  mtime: number
  /** Nanoseconds after that second, also before 1970; 0 if absent. */
  nanoseconds?: number
  /** Bytes of content; 0 for anything but a file. */
  size: number
}

const FLAGS: Record<EntryHeader['kind'], string> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
}

/** Bytes of the field for the part of a path before its name. */
const PREFIX = 155

const XATTR = 'SCHILY.xattr.'

/**
 * Returns the header of an entry, byte for byte as Go's archive/tar writes it: ustar where everything fits, with the path
 * in two parts if need be; otherwise after a PAX header with all that does not fit.
 */
export function encodeEntry(header: EntryHeader): Buffer {
  const records = recordsOf(header)
  const parts = partsOf(header.path)
  if (records.size === 0) return mainBlock(header)
  if (parts !== undefined && records.size === 1 && records.has('path')) return mainBlock(header, parts)
  const sorted = [...records].sort(byKey).map(([key, value]) => paxRecord(key, value))
  return Buffer.concat([paxHeader(header.path, Buffer.concat(sorted)), mainBlock(header)])
}

/** True if a PAX header can hold an attribute of this name: the first equals sign ends it. */
export function fitsPax(key: string): boolean {
  return key !== '' && !key.includes('=')
}

function byKey([one]: readonly [string, Buffer], [other]: readonly [string, Buffer]): number {
  return one < other ? -1 : 1
}

/** Returns what does not fit a header of ustar. */
function recordsOf({ path, target, uid, gid, size, mtime, nanoseconds = 0, xattrs }: EntryHeader): Map<string, Buffer> {
  const records = new Map<string, Buffer>()
  for (const [key, value] of xattrs) records.set(XATTR + key, value)
  if (!fitsText(path)) records.set('path', Buffer.from(path, 'latin1'))
  if (!fitsText(target)) records.set('linkpath', Buffer.from(target, 'latin1'))
  for (const [key, value, length] of [
    ['uid', uid, 8],
    ['gid', gid, 8],
    ['size', size, 12],
    ['mtime', mtime, 12],
  ] as const) {
    if (!fitsOctal(value, length)) records.set(key, Buffer.from(`${value}`))
  }
  if (nanoseconds > 0) records.set('mtime', Buffer.from(exactTime(mtime, nanoseconds)))
  return records
}

/** Returns a time with its fraction as a decimal number (POSIX pax, mtime). */
function exactTime(seconds: number, nanoseconds: number): string {
  const [sign, whole, part] = seconds < 0 ? ['-', -seconds - 1, 1e9 - nanoseconds] : ['', seconds, nanoseconds]
  return `${sign}${whole}.${`${part}`.padStart(9, '0').replace(/0+$/, '')}`
}

function fitsText(text: string): boolean {
  return text.length <= NAME_FIELD && isASCII(text)
}

function fitsOctal(value: number, length: number): boolean {
  return value >= 0 && value < 8 ** (length - 1)
}

/** Returns a long path in two parts that fit; undefined for others. */
function partsOf(path: string): { prefix: string; name: string } | undefined {
  if (path.length <= NAME_FIELD || !isASCII(path)) return undefined
  const end = path.length > PREFIX + 1 ? PREFIX + 1 : path.length - (path.endsWith('/') ? 1 : 0)
  const at = path.lastIndexOf('/', end - 1)
  const name = path.slice(at + 1)
  return at <= 0 || name === '' || name.length > NAME_FIELD ? undefined : { prefix: path.slice(0, at), name }
}

function mainBlock(header: EntryHeader, { prefix, name }: { prefix: string; name: string } = whole(header)): Buffer {
  const block = Buffer.alloc(TAR_BLOCK)
  text(block, [0, NAME_FIELD], name)
  fitting(block, [100, 8], header.mode)
  fitting(block, [108, 8], header.uid)
  fitting(block, [116, 8], header.gid)
  fitting(block, [124, 12], header.size)
  fitting(block, [136, 12], header.mtime)
  block.write(FLAGS[header.kind], 156, 'latin1')
  text(block, [157, NAME_FIELD], header.target)
  fitting(block, [329, 8], header.device.major)
  fitting(block, [337, 8], header.device.minor)
  text(block, [345, PREFIX], prefix)
  return finished(block)
}

function whole({ path }: EntryHeader): { prefix: string; name: string } {
  return { prefix: '', name: path }
}

type Field = readonly [at: number, length: number]

/** Writes what fits of a text. A slash must not end it: some readers would take a file for a directory. */
function text(block: Buffer, [at, length]: Field, value: string): void {
  const all = asciiOf(value)
  const cut = all.slice(0, length)
  block.write(all.length > length && cut.endsWith('/') ? cut.replace(/\/+$/, '') : cut, at, 'latin1')
}

/** Writes a number; zero in place of one that does not fit. */
function fitting(block: Buffer, field: Field, value: number): void {
  octal(block, field, fitsOctal(value, field[1]) ? value : 0)
}
