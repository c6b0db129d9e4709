import { checksumAgrees } from '../bytes/tarChecksum.js'
import { ImageError } from '../spec/errors.js'
import type { EntryType, TarEntry } from './entry.js'
import { assertKind, linkTargetIn, nameIn, text } from './fields.js'
import { OCTAL_LIMIT, parseNumber } from './numbers.js'
import { assertPaxNumbers, decimal, parsePax, paxRecords } from './pax.js'
import { SparseLimits } from './sparse.js'
import { CONTINUED, type Header, type PaxSparse, paxSparse, SparseEntry } from './sparseEntry.js'

/** The most bytes that an extension header may have; Go's reader takes as many. */
const EXTENSION_LIMIT = 1024 * 1024

/** Anything else is read as a file. Only files have content, whatever a size field says (as Go's and Python's readers). */
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

/** Extensions that speak of the next entry, and the one that speaks of all. */
const EXTENSIONS = 'xLKg'

/**
 * Reads tar headers one after another, of v7, ustar, PAX and GNU. Extensions (PAX headers, GNU long names) speak of the
 * entry that comes next and are remembered until then. Headers that Go's reader takes for something else are refused:
 * engines are written in Go, and one archive would hold two different images.
 */
export class HeaderReader {
  #path: string | undefined
  #linkTarget: string | undefined
  #size: number | undefined
  /** Whether a PAX header speaks of the entry that comes next. */
  #hasPax = false
  /** Whether any extension does. */
  #isPending = false
  /** What a PAX header says of a sparse file. */
  #paxSparse: PaxSparse | undefined
  /** The sparse file whose map is being read. */
  #sparse: SparseEntry | undefined
  readonly #limits = new SparseLimits()

  /** Takes a header block, 512 bytes. @throws ImageError FORMAT, UNSAFE, UNSUPPORTED */
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

  /** Takes the body of an extension that was announced; returns what follows from it, if anything does by itself. */
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

  /** Takes the end of the archive. @throws ImageError FORMAT if an extension waits for its entry */
  end(): void {
    if (this.#isPending) throw new ImageError('FORMAT', 'the archive ends before the entry that an extension speaks of')
  }

  #extension(type: string, size: number): Header {
    if (type === 'g' && this.#isPending) {
      throw new ImageError('UNSAFE', 'a PAX header of all entries comes between an entry and its own header')
    }
    return extension(type, size)
  }

  #applyPax(body: Uint8Array): void {
    const records = parsePax(body)
    const size = records.get('size')?.toString()
    this.#paxSparse = sparseKey(records) === undefined ? undefined : paxSparse(paxRecords(body))
    assertPaxNumbers(records)
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

/** What a file is whose name ends in a slash: a directory in old archives, which cannot have content. */
function slashed(flag: string, size: number, path: string): EntryType {
  if (size === 0) return 'directory'
  if (flag !== '\0') return 'file'
  throw new ImageError('UNSAFE', 'a directory with content: some readers take that for entries', {
    where: path,
    expected: 0,
    found: size,
  })
}

/** A name or link target that GNU tar had no room for; readers differ in what an empty one means. */
function longText(body: Uint8Array): string {
  const long = text(body)
  if (long === '') throw new ImageError('UNSAFE', 'a GNU long name is empty')
  return long
}

/** What two extension headers say of one entry: readers differ in which one they follow when they differ. */
function agreed(known: string | undefined, also: string | undefined): string | undefined {
  if (known === undefined || known === '' || also === undefined || also === '') return also || known
  if (known === also) return known
  throw new ImageError('UNSAFE', 'two names for one tar entry', { expected: known, found: also })
}

/** Says of all entries what can be true of one: some readers would believe it. */
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
