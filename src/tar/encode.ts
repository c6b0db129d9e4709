import { posix } from 'node:path'
import { TAR_BLOCK } from '../bytes/tarChecksum.js'
import { OCTAL_LIMIT, padding } from './numbers.js'

/** Fields of a tar entry to write. */
export interface TarHeader {
  path: string
  type: 'file' | 'directory' | 'symlink'
  /** The whole field: permissions, and the file type's bits if the writer sets them. */
  mode: number
  /** Seconds since 1970; never negative. */
  mtime: number
  /** Bytes of content; 0 for anything but a file. */
  size: number
  /** For a symlink. */
  linkTarget?: string
  /** Name of the user and the group. Their numbers are 0. */
  owner?: string
}

/** Length of the name field. */
const NAME = 100

const TYPE_FLAGS: Record<TarHeader['type'], string> = { file: '0', directory: '5', symlink: '2' }

/**
 * Returns the header of an entry, byte for byte as Go's archive/tar writes it: ustar, after a PAX header for values
 * that do not fit ustar. All engines are written in Go, so `docker save` and similar commands write the same.
 */
export function encodeHeader(header: TarHeader): Buffer {
  const records = paxRecords(header)
  const main = ustar(header)
  if (records.length === 0) return main
  const slash = header.path.lastIndexOf('/') + 1
  const path = posix.join(header.path.slice(0, slash), 'PaxHeaders.0', header.path.slice(slash))
  const body = Buffer.concat([records, Buffer.alloc(padding(records.length))])
  return Buffer.concat([paxHeader(path, records.length), body, main])
}

/** Returns the length of a header in bytes. */
export function headerLength(header: TarHeader): number {
  return isPlain(header) ? TAR_BLOCK : encodeHeader(header).length
}

function isPlain({ path, linkTarget = '', mtime, size }: TarHeader): boolean {
  return Math.max(size, mtime) < OCTAL_LIMIT && Buffer.byteLength(path) <= NAME && Buffer.byteLength(linkTarget) <= NAME
}

function ustar({ path, type, mode, mtime, size, linkTarget = '', owner = '' }: TarHeader): Buffer {
  const block = Buffer.alloc(TAR_BLOCK)
  text(block, 0, path, NAME)
  octal(block, 100, mode, 8)
  octal(block, 108, 0, 8)
  octal(block, 116, 0, 8)
  octal(block, 124, size < OCTAL_LIMIT ? size : 0, 12)
  octal(block, 136, mtime < OCTAL_LIMIT ? mtime : 0, 12)
  block.write(TYPE_FLAGS[type], 156, 'latin1')
  text(block, 157, linkTarget, NAME)
  text(block, 265, owner, 32)
  text(block, 297, owner, 32)
  octal(block, 329, 0, 8)
  octal(block, 337, 0, 8)
  return finished(block)
}

/** Go leaves empty fields here that have no value. */
function paxHeader(path: string, size: number): Buffer {
  const block = Buffer.alloc(TAR_BLOCK)
  text(block, 0, path, NAME)
  octal(block, 100, 0, 8)
  octal(block, 108, 0, 8)
  octal(block, 116, 0, 8)
  octal(block, 124, size, 12)
  octal(block, 136, 0, 12)
  block.write('x', 156, 'latin1')
  return finished(block)
}

/** Sets magic, version and checksum. */
function finished(block: Buffer): Buffer {
  block.write('ustar\x0000', 257, 'latin1')
  block.fill(0x20, 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0`, 148, 'latin1')
  return block
}

function paxRecords({ path, linkTarget = '', mtime, size }: TarHeader): Buffer {
  const records = []
  if (Buffer.byteLength(linkTarget) > NAME) records.push(record('linkpath', linkTarget))
  if (mtime >= OCTAL_LIMIT) records.push(record('mtime', `${mtime}`))
  if (Buffer.byteLength(path) > NAME) records.push(record('path', path))
  if (size >= OCTAL_LIMIT) records.push(record('size', `${size}`))
  return Buffer.concat(records)
}

/** Returns a record. It starts with its own length, which counts its own digits (POSIX pax, extended header). */
function record(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`)
  let length = rest.length + 1
  while (length !== rest.length + `${length}`.length) length = rest.length + `${length}`.length
  return Buffer.concat([Buffer.from(`${length}`), rest])
}

function text(block: Buffer, at: number, value: string, length: number): void {
  Buffer.from(value).copy(block, at, 0, length)
}

function octal(block: Buffer, at: number, value: number, length: number): void {
  block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1')
}
