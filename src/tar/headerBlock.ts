import { posix } from 'node:path'
import { TAR_BLOCK } from '../bytes/tarChecksum.js'
import { padding } from './numbers.js'

/** Bytes of the field for a name. */
export const NAME_FIELD = 100

/** Writes a number in octal digits, which end in a NUL. */
export function octal(block: Buffer, [at, length]: readonly [at: number, length: number], value: number): void {
  block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1')
}

/** Sets magic, version and checksum of a header that has everything else. */
export function finished(block: Buffer): Buffer {
  block.write('ustar\x0000', 257, 'latin1')
  block.fill(0x20, 148, 156)
  let sum = 0
  for (const byte of block) sum += byte
  block.write(`${sum.toString(8).padStart(6, '0')}\0`, 148, 'latin1')
  return block
}

/**
 * Returns a record of a PAX header. It starts with its own length, which counts its own digits (POSIX pax, extended
 * header).
 * @param key a binary string: each character is one byte
 */
export function paxRecord(key: string, value: Uint8Array): Buffer {
  const rest = key.length + value.length + 3
  let length = rest + 1
  while (length !== rest + `${length}`.length) length = rest + `${length}`.length
  return Buffer.concat([Buffer.from(`${length} ${key}=`, 'latin1'), value, Buffer.from('\n')])
}

/**
 * Returns the PAX header before an entry, with its content. As in Go, its name is made of the entry's, and the fields that
 * have no value stay empty.
 * @param path of the entry; bytes that are no ASCII are left out
 */
export function paxHeader(path: string, records: Buffer): Buffer {
  const slash = path.lastIndexOf('/') + 1
  const name = posix.join(path.slice(0, slash), 'PaxHeaders.0', path.slice(slash))
  const block = Buffer.alloc(TAR_BLOCK)
  block.write(asciiOf(name).slice(0, NAME_FIELD).replace(/\/+$/, ''), 0, 'latin1')
  for (const at of [100, 108, 116]) octal(block, [at, 8], 0)
  octal(block, [124, 12], records.length)
  octal(block, [136, 12], 0)
  block.write('x', 156, 'latin1')
  return Buffer.concat([finished(block), records, Buffer.alloc(padding(records.length))])
}

/** Returns a text without what is no ASCII. */
export function asciiOf(text: string): string {
  return isASCII(text) ? text : text.replace(/[^\0-\x7f]/g, '')
}

/** True for a text of ASCII alone. */
export function isASCII(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text)
}
