import { TAR_BLOCK } from '../bytes/tarChecksum.js'
import { finished, NAME_FIELD, octal, paxHeader, paxRecord } from './headerBlock.js'
import { OCTAL_LIMIT } from './numbers.js'

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

const TYPE_FLAGS: Record<TarHeader['type'], string> = { file: '0', directory: '5', symlink: '2' }

/**
 * Returns the header of an entry, byte for byte as Go's archive/tar writes it: ustar, after a PAX header for values
 * that do not fit ustar. All engines are written in Go, so `docker save` and similar commands write the same.
 */
export function encodeHeader(header: TarHeader): Buffer {
  const records = paxRecords(header)
  const main = ustar(header)
  if (records.length === 0) return main
  return Buffer.concat([paxHeader(header.path, records), main])
}

/** Returns the length of a header in bytes. */
export function headerLength(header: TarHeader): number {
  return isPlain(header) ? TAR_BLOCK : encodeHeader(header).length
}

function isPlain({ path, linkTarget = '', mtime, size }: TarHeader): boolean {
  return (
    Math.max(size, mtime) < OCTAL_LIMIT &&
    Buffer.byteLength(path) <= NAME_FIELD &&
    Buffer.byteLength(linkTarget) <= NAME_FIELD
  )
}

function ustar({ path, type, mode, mtime, size, linkTarget = '', owner = '' }: TarHeader): Buffer {
  const block = Buffer.alloc(TAR_BLOCK)
  text(block, 0, path, NAME_FIELD)
  octal(block, [100, 8], mode)
  octal(block, [108, 8], 0)
  octal(block, [116, 8], 0)
  octal(block, [124, 12], size < OCTAL_LIMIT ? size : 0)
  octal(block, [136, 12], mtime < OCTAL_LIMIT ? mtime : 0)
  block.write(TYPE_FLAGS[type], 156, 'latin1')
  text(block, 157, linkTarget, NAME_FIELD)
  text(block, 265, owner, 32)
  text(block, 297, owner, 32)
  octal(block, [329, 8], 0)
  octal(block, [337, 8], 0)
  return finished(block)
}

function paxRecords({ path, linkTarget = '', mtime, size }: TarHeader): Buffer {
  const records = []
  if (Buffer.byteLength(linkTarget) > NAME_FIELD) records.push(record('linkpath', linkTarget))
  if (mtime >= OCTAL_LIMIT) records.push(record('mtime', `${mtime}`))
  if (Buffer.byteLength(path) > NAME_FIELD) records.push(record('path', path))
  if (size >= OCTAL_LIMIT) records.push(record('size', `${size}`))
  return Buffer.concat(records)
}

function record(key: string, value: string): Buffer {
  return paxRecord(key, Buffer.from(value))
}

function text(block: Buffer, at: number, value: string, length: number): void {
  Buffer.from(value).copy(block, at, 0, length)
}
