import { checksumAgrees } from '../bytes/tarChecksum.js'
import { ImageError } from '../spec/errors.js'
import type { EntryType, TarEntry } from './entry.js'
import { OCTAL_LIMIT, parseNumber } from './numbers.js'
import { decimal, parsePax } from './pax.js'

/** What a header block turned out to be: an entry, or an extension whose body has to be read and given back. */
export type Header = { kind: 'entry'; entry: TarEntry } | { kind: 'extension'; type: string; size: number }

/** The most bytes that an extension header may have; Go's reader takes as many. */
const EXTENSION_LIMIT = 1024 * 1024

/** Anything else is read as a file. Only files have content, whatever a size field says (as Go's and Python's readers). */
const TYPES: Record<string, EntryType> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'other',
  '4': 'other',
  '5': 'directory',
  '6': 'other',
}

/**
 * Reads tar headers one after another, of v7, ustar, PAX and GNU. Extensions (PAX headers, GNU long names) speak of the
 * entry that comes next and are remembered until then.
 */
export class HeaderReader {
  #path: string | undefined
  #linkTarget: string | undefined
  #size: number | undefined
  /** Whether a PAX header speaks of the entry that comes next. */
  #hasPax = false

  /** Takes a header block, 512 bytes. @throws ImageError FORMAT, UNSAFE, UNSUPPORTED */
  read(block: Uint8Array): Header {
    if (!checksumAgrees(block)) throw new ImageError('FORMAT', 'not a tar header: the checksum does not agree')
    const type = String.fromCharCode(block[156] ?? 0)
    const size = parseNumber(block.subarray(124, 136), 'the size')
    if ('xgXLK'.includes(type)) return extension(type, size)
    if (type === 'S') throw sparse(pathOf(block))
    const entry = this.#entry(block, { type: TYPES[type] ?? 'file', size })
    if (TYPES[type] === undefined) entry.unknownType = type
    this.#path = this.#linkTarget = this.#size = undefined
    this.#hasPax = false
    return { kind: 'entry', entry }
  }

  /** Takes the body of an extension that {@link read} announced. */
  extend(type: string, body: Uint8Array): void {
    if (type === 'L') this.#path = agreed(this.#path, text(body))
    else if (type === 'K') this.#linkTarget = agreed(this.#linkTarget, text(body))
    else if (type === 'g') assertHarmless(parsePax(body))
    else if (this.#hasPax) throw new ImageError('UNSAFE', 'two PAX headers for one tar entry')
    else this.#applyPax(parsePax(body))
  }

  #applyPax(records: Map<string, Buffer>): void {
    const size = records.get('size')?.toString()
    if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) throw sparse(records.get('GNU.sparse.name'))
    this.#hasPax = true
    // An empty value takes a record back (POSIX pax).
    this.#path = agreed(this.#path, records.get('path')?.toString())
    this.#linkTarget = agreed(this.#linkTarget, records.get('linkpath')?.toString())
    if (size === undefined) return
    this.#size = decimal(size)
    if (Number.isNaN(this.#size)) {
      throw new ImageError('FORMAT', 'the size in a PAX header is not a number', { found: JSON.stringify(size) })
    }
  }

  #entry(block: Uint8Array, { type, size }: { type: EntryType; size: number }): TarEntry {
    const path = this.#path ?? pathOf(block)
    if (path.includes('\0')) throw new ImageError('UNSAFE', 'the name of a tar entry has a NUL', { where: path })
    const isLink = type === 'symlink' || type === 'hardlink'
    return {
      path,
      type: type === 'file' && path.endsWith('/') && size === 0 ? 'directory' : type,
      size: type === 'file' ? agreedSize(size, this.#size, path) : 0,
      ...(isLink ? { linkTarget: this.#linkTarget ?? text(block.subarray(157, 257)) } : {}),
    }
  }
}

/** What two extension headers say of one entry: readers differ in which one they follow when they differ. */
function agreed(known: string | undefined, also: string | undefined): string | undefined {
  if (known === undefined || known === '' || also === undefined || also === '') return also || known
  if (known === also) return known
  throw new ImageError('UNSAFE', 'two names for one tar entry', { expected: known, found: also })
}

/** Says of all entries what can be true of one: some readers would believe it. */
function assertHarmless(records: ReadonlyMap<string, Buffer>): void {
  const harmful = ['path', 'linkpath', 'size'].find((key) => records.has(key))
  if (harmful !== undefined) throw new ImageError('UNSAFE', `a PAX header gives all entries one ${harmful}`)
}

/** Readers differ in whether they fill the holes, so that one archive would hold two different images. */
function sparse(name: string | Buffer | undefined): ImageError {
  const place = name === undefined ? {} : { where: String(name) }
  return new ImageError('UNSUPPORTED', 'a sparse file in an archive of images', place)
}

function extension(type: string, size: number): Header {
  if (size <= EXTENSION_LIMIT) return { kind: 'extension', type, size }
  throw new ImageError('UNSAFE', 'a tar extension header is too large', {
    expected: `at most ${EXTENSION_LIMIT}`,
    found: size,
  })
}

/**
 * The size that header and PAX record agree on. Readers differ in which one they follow when they do not, so that one
 * archive would hold two different images (CVE-2025-62518).
 */
function agreedSize(header: number, pax: number | undefined, path: string): number {
  if (pax === undefined || pax === header) return header
  if (header === 0 && pax >= OCTAL_LIMIT) return pax
  throw new ImageError('UNSAFE', 'two sizes for one tar entry: the PAX header and the tar header differ', {
    where: path,
    expected: pax,
    found: header,
  })
}

function pathOf(block: Uint8Array): string {
  const name = text(block.subarray(0, 100))
  const isUstar = text(block.subarray(257, 262)) === 'ustar' && block[262] === 0
  const prefix = isUstar ? text(block.subarray(345, 500)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

function text(field: Uint8Array): string {
  const end = field.indexOf(0)
  return Buffer.from(field.subarray(0, end < 0 ? field.length : end)).toString('utf8')
}
