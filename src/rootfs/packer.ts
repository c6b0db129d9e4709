import { createHash, type Hash } from 'node:crypto'
import { readSync } from 'node:fs'
import { during, ImageError } from '../spec/errors.js'
import { type EntryHeader, encodeEntry } from '../tar/encodeEntry.js'
import { padding } from '../tar/numbers.js'
import { END } from '../tar/write.js'
import type { Found, Name } from './calls.js'
import { swapped } from './changes.js'
import type { Directory } from './directories.js'
import { shown } from './names.js'
import type { Oddities } from './oddities.js'
import type { Owners } from './owners.js'
import { packedMetadata } from './packedMetadata.js'
import type { Tree } from './scan.js'

/** An entry of a new layer. Paths are binary strings. */
export type Planned =
  /** The path is that of the whiteout itself. */
  | { kind: 'whiteout'; path: string }
  /** Its path in the layer, and where it is on the disk. */
  | { kind: 'object'; path: string; at: Directory; name: Name }

/** Circumstances of a layer. */
export interface PackingRules {
  owners: Owners
  oddities: Oddities
  /** No entry gets a later time, in seconds since 1970. */
  latest: number | undefined
  /** Gets what was packed, by its path in the layer; absent if nobody needs it. */
  packed?: Map<string, { found: Found; sha256: string | undefined }> | undefined
}

/** Bytes that are read at a time. */
const PIECE = 256 * 1024

const WHITEOUT = { kind: 'file', target: '', mode: 0, uid: 0, gid: 0, mtime: 0, size: 0, xattrs: [] } as const
const NO_DEVICE = { major: 0, minor: 0 }

/**
 * Writes a layer of what is on the disk. Only regular files are opened, no link is followed, and size and times are those of
 * the opened file, whatever others do meanwhile.
 */
export class Packer {
  readonly #tree: Tree
  readonly #packing: PackingRules
  readonly #buffer = Buffer.alloc(PIECE)
  /** Paths in the layer of objects with several names. */
  readonly #linked = new Map<string, string>()
  /** The file that is being read, else -1. */
  #file = -1

  constructor(tree: Tree, packing: PackingRules) {
    this.#tree = tree
    this.#packing = packing
  }

  /** Yields the tar of a layer. A piece is valid until the next one is asked for. @throws ImageError UNSAFE, UNSUPPORTED */
  *pack(entries: Iterable<Planned>): Generator<Uint8Array> {
    try {
      for (const entry of entries) {
        if (entry.kind === 'whiteout') yield encodeEntry(whiteoutHeader(entry.path))
        else yield* this.#packObject(entry)
      }
      yield END
    } finally {
      this.#close()
    }
  }

  *#packObject(entry: Planned & { kind: 'object' }): Generator<Uint8Array> {
    try {
      const { calls, directories } = this.#tree
      directories.effort.allowEntry()
      assertNoWhiteout(entry.path)
      const seen = calls.look(directories.fileOf(entry.at), entry.name)
      if (seen === undefined) throw gone(entry.path)
      const found = seen.kind === 'file' ? this.#open(entry, seen) : seen
      const header = this.#headerOf(entry, found)
      if (header === undefined) return
      yield encodeEntry(header)
      const { packed } = this.#packing
      const sha256 =
        header.kind === 'file' ? yield* this.#content(entry.path, found) : packed?.get(header.target)?.sha256
      packed?.set(entry.path, { found, sha256 })
    } catch (error) {
      throw during(shown(entry.path), error)
    } finally {
      this.#close()
    }
  }

  /** Opens a file; returns what it is. */
  #open({ path, at, name }: Planned & { kind: 'object' }, seen: Found): Found {
    const file = this.#tree.access.open(at, name, seen)
    if (file === undefined) throw swapped(path)
    this.#file = file
    const found = this.#tree.calls.lookAt(file)
    // Its owner may have been let in for a moment.
    return { ...found, mode: seen.mode }
  }

  #close(): void {
    if (this.#file >= 0) this.#tree.calls.close(this.#file)
    this.#file = -1
  }

  /** Returns the header; undefined for a socket, which no layer can have. */
  #headerOf({ path, at, name }: Planned & { kind: 'object' }, found: Found): EntryHeader | undefined {
    const { calls, directories } = this.#tree
    const { oddities, latest = Number.POSITIVE_INFINITY } = this.#packing
    const { kind, mode, size, mtime, special } = found
    if (kind === 'socket') {
      oddities.add('socket left out', shown(path))
      return undefined
    }
    const file = directories.fileOf(at)
    if (calls.lacks.has('xattrs')) oddities.add('xattr not readable', shown(path))
    const metadata = packedMetadata({ path, ids: found, xattrs: calls.xattrsOf(file, name) }, this.#packing)
    const first = kind === 'directory' || found.links < 2 ? undefined : this.#firstOf(path, found)
    const isLink = first !== undefined
    return {
      ...metadata,
      path: kind === 'directory' && path !== '.' ? `${path}/` : path,
      kind: isLink ? 'hardlink' : kind,
      target: first ?? (kind === 'symlink' ? calls.readLink(file, name) : ''),
      mode,
      mtime: Math.min(mtime.seconds, latest),
      size: kind === 'file' && !isLink ? size : 0,
      device: kind === 'character' || kind === 'block' ? special : NO_DEVICE,
    }
  }

  /** Returns the path under which the layer has an object already; undefined if it has not. */
  #firstOf(path: string, { device, inode }: Found): string | undefined {
    const key = `${device}:${inode}`
    const first = this.#linked.get(key)
    if (first === undefined) this.#linked.set(key, path)
    return first
  }

  /** Yields the bytes that a file had when it was opened; returns their SHA-256 if it is wanted. */
  *#content(path: string, found: Found): Generator<Uint8Array, string | undefined> {
    const hash = this.#packing.packed && createHash('sha256')
    yield* this.#bytes(path, found.size, hash)
    const { ctime, size } = this.#tree.calls.lookAt(this.#file)
    const isSame =
      size === found.size && ctime.seconds === found.ctime.seconds && ctime.nanoseconds === found.ctime.nanoseconds
    if (!isSame) this.#packing.oddities.add('file changed', shown(path))
    if (padding(found.size) > 0) yield Buffer.alloc(padding(found.size))
    return hash?.digest('hex')
  }

  *#bytes(path: string, size: number, hash: Hash | undefined): Generator<Uint8Array> {
    for (let at = 0; at < size; ) {
      const length = readSync(this.#file, this.#buffer, 0, Math.min(PIECE, size - at), at)
      if (length === 0) throw shrunk(path, size, at)
      const piece = this.#buffer.subarray(0, length)
      hash?.update(piece)
      yield piece
      at += length
    }
  }
}

/** Returns the header of a whiteout: an empty file that says nothing more. */
export function whiteoutHeader(path: string): EntryHeader {
  return { ...WHITEOUT, path, device: NO_DEVICE }
}

/** @throws ImageError UNSAFE for a name that would remove another one */
export function assertNoWhiteout(path: string): void {
  if (!path.split('/').some((name) => name.startsWith('.wh.'))) return
  throw new ImageError('UNSAFE', 'a name that begins with .wh. would be a whiteout in a layer', { where: shown(path) })
}

function gone(path: string): ImageError {
  return new ImageError('NOT_FOUND', 'another process removed it meanwhile', { where: shown(path) })
}

function shrunk(path: string, expected: number, found: number): ImageError {
  return new ImageError('INTEGRITY', 'the file became shorter while it was packed', {
    where: shown(path),
    expected,
    found,
  })
}
