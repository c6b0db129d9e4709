import { checksumAgrees } from '../bytes/tarChecksum.js'
import { ImageError } from '../spec/errors.js'
import type { EntryType, TarEntry } from './entry.js'
import { assertKind, linkTargetIn, nameIn, text } from './fields.js'
import { OCTAL_LIMIT, parseNumber } from './numbers.js'
import { assertPaxNumbers, decimal, parsePax, paxRecords } from './pax.js'
import { SparseLimits } from './sparse.js'
import { CONTINUED, type Header, type PaxSparse, paxSparse, SparseEntry } from './sparseEntry.js'

/** Maximum bytes of an extension header, as in Go's reader. */
const EXTENSION_LIMIT = 1024 * 1024

/**
 * Other types are read as files. Only files have content, whatever a size field states (as in Go's and Python's
 * readers).
 */
const TYPES: Record<string, EntryType> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'other',
  '4': 'other',
  '5': 'directory',
  '6': 'other',
}

/** Extensions for the next entry, and one for all entries. */
const EXTENSIONS = 'xLKg'

/**
 * Reads tar headers of v7, ustar, PAX and GNU in sequence. Extensions (PAX headers, GNU long names) are kept for the
 * next entry. Headers that Go's reader reads differently are refused: engines are written in Go, and one archive would
 * hold two different images.
 */
export class HeaderReader {
  #path: string | undefined
  #linkTarget: string | undefined
  #size: number | undefined
  /** True while a PAX header waits for its entry. */
  #hasPax = false
  /** True while any extension waits for its entry. */
  #isPending = false
  /** The part of a PAX header about a sparse file. */
  #paxSparse: PaxSparse | undefined
  /** The sparse file whose map is being read. */
  #sparse: SparseEntry | undefined
  readonly #limits = new SparseLimits()

  /** Reads a header block of 512 bytes. @throws ImageError FORMAT, UNSAFE, UNSUPPORTED */
  read(block: Uint8Array): Header {
    if (!checksumAgrees(block)) throw new ImageError('FORMAT', 'not a tar header: the checksum does not agree')
    const type = String.fromCharCode(block[156] ?? 0)
    const size = parseNumber(block.subarray(124, 136), 'the size')
    const name = nameIn(block)
    if (EXTENSIONS.includes(type)) return this.#extension(type, size)
    if (type === 'X') throw new ImageError('UNSAFE', 'a PAX header of the old type X: not all readers know it')
    const entry = this.#entry(block, { flag: type, size, name })
    if (TYPES[type] === undefined) entry.unknownType = type
    const ofPax = this.#paxSparse
    this.#path = this.#linkTarget = this.#size = this.#paxSparse = undefined
    this.#hasPax = this.#isPending = false
    if (type !== 'S' && ofPax === undefined) return { kind: 'entry', entry }
    this.#sparse = new SparseEntry(entry, this.#limits)
    return this.#sparse.start(type === 'S' ? { block } : { ofPax })
  }

  /** Reads the body of an announced extension; returns the entry or extension that it completes, if any. */
  extend(type: string, body: Uint8Array): Header | undefined {
    if (type === CONTINUED) return this.#sparse?.extend(body)
    if (type === 'g') assertHarmless(parsePax(body))
    else this.#extendNext(type, body)
    return undefined
  }

  #extendNext(type: string, body: Uint8Array): void {
    this.#isPending = true
    if (type === 'L') this.#path = agreed(this.#path, longText(body))
    else if (type === 'K') this.#linkTarget = agreed(this.#linkTarget, longText(body))
    else if (this.#hasPax) throw new ImageError('UNSAFE', 'two PAX headers for one tar entry')
    else this.#applyPax(body)
  }

  /** Ends the archive. @throws ImageError FORMAT if an extension waits for its entry */
  end(): void {
    if (this.#isPending) throw new ImageError('FORMAT', 'the archive ends before the entry of an extension header')
  }

  #extension(type: string, size: number): Header {
    if (type === 'g' && this.#isPending) {
      throw new ImageError('UNSAFE', 'a PAX header for all entries comes between an entry and its own header')
    }
    return extension(type, size)
  }

  #applyPax(body: Uint8Array): void {
    const records = parsePax(body)
    const size = records.get('size')?.toString()
    this.#paxSparse = sparseKey(records) === undefined ? undefined : paxSparse(paxRecords(body))
    assertPaxNumbers(records)
    this.#hasPax = true
    // An empty value cancels a record (POSIX pax).
    this.#path = agreed(this.#path, records.get('path')?.toString())
    this.#linkTarget = agreed(this.#linkTarget, records.get('linkpath')?.toString())
    if (size === undefined) return
    this.#size = decimal(size)
    if (Number.isNaN(this.#size)) {
      throw new ImageError('FORMAT', 'the size in a PAX header is not a number', { found: JSON.stringify(size) })
    }
  }

  #entry(block: Uint8Array, { flag, size, name }: { flag: string; size: number; name: string }): TarEntry {
    const path = this.#path ?? name
    const stated = TYPES[flag] ?? 'file'
    const content = stated === 'file' ? agreedSize(size, this.#size, path) : 0
    const type = stated === 'file' && path.endsWith('/') ? slashed(flag, content, path) : stated
    assertKind(block, type, path)
    const isLink = type === 'symlink' || type === 'hardlink'
    return {
      path,
      type,
      size: content,
      ...(isLink ? { linkTarget: this.#linkTarget ?? linkTargetIn(block) } : {}),
    }
  }
}

/** Returns the type of a file whose name ends in a slash: in old archives a directory, which cannot have content. */
function slashed(flag: string, size: number, path: string): EntryType {
  if (size === 0) return 'directory'
  if (flag !== '\0') return 'file'
  throw new ImageError('UNSAFE', 'a directory with content: some readers read that as entries', {
    where: path,
    expected: 0,
    found: size,
  })
}

/** Returns a name or link target that did not fit GNU's header. Readers disagree on empty ones. */
function longText(body: Uint8Array): string {
  const long = text(body)
  if (long === '') throw new ImageError('UNSAFE', 'a GNU long name is empty')
  return long
}

/** Returns the value of two extension headers for one entry. If they differ, readers disagree on which one counts. */
function agreed(known: string | undefined, also: string | undefined): string | undefined {
  if (known === undefined || known === '' || also === undefined || also === '') return also || known
  if (known === also) return known
  throw new ImageError('UNSAFE', 'two names for one tar entry', { expected: known, found: also })
}

/** Refuses a PAX header for all entries with a value that fits only one: some readers would believe it. */
function assertHarmless(records: ReadonlyMap<string, Buffer>): void {
  const harmful = ['path', 'linkpath', 'size'].find((key) => records.has(key)) ?? sparseKey(records)
  if (harmful !== undefined) throw new ImageError('UNSAFE', `a PAX header gives all entries one ${harmful}`)
}

function sparseKey(records: ReadonlyMap<string, Buffer>): string | undefined {
  return [...records.keys()].find((key) => key.startsWith('GNU.sparse.'))
}

function extension(type: string, size: number): Header {
  if (size <= EXTENSION_LIMIT) return { kind: 'extension', type, size }
  throw new ImageError('UNSAFE', 'a tar extension header is too large', {
    expected: `at most ${EXTENSION_LIMIT}`,
    found: size,
  })
}

/**
 * Returns the size that header and PAX record agree on. If they differ, readers disagree on which one counts, and one
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
