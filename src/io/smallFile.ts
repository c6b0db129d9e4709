import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs'
import { ImageError, isSystemError } from '../spec/errors.js'

/** A small file: its content, and its last modification by the clock of its file system, in milliseconds since 1970. */
export interface SmallFile {
  bytes: Buffer
  writtenAt: number
  /** Its last change of any kind, which nobody can set, likewise. */
  changedAt: number
  /** User id of its owner. */
  owner: number
}

interface ReadOptions {
  /** Maximum size in bytes. */
  limit: number
  /** The path as the user knows it, for messages. */
  where?: string
}

/**
 * Reads a small file that anybody may have put there: it follows no link, waits for nobody, and reads at most `limit`
 * bytes.
 * @returns undefined if nothing has this name
 * @throws ImageError UNSAFE for anything but a regular file of at most `limit` bytes
 */
export function readSmallFile(path: string, { limit, where = path }: ReadOptions): SmallFile | undefined {
  try {
    // Looks before opening, since merely opening a device may start an action, and at the opened file.
    assertRegular(lstatSync(path), where)
    return readOpened(openSync(path, QUIETLY), { limit, where })
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    // A link or a socket has replaced it in between.
    if (isSystemError(error, 'ELOOP', 'ENXIO')) throw notRegular(where, 'something else')
    throw error
  }
}

/** Opens for reading without following a link, or waiting for a pipe's writer. */
export const QUIETLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** @throws ImageError UNSAFE unless this is a regular file */
export function assertRegular(found: Stats, where: string): void {
  if (!found.isFile()) throw notRegular(where, kindOf(found))
}

/** Returns the name of a file's kind in messages. */
export function kindOf(found: Stats): string {
  if (found.isFile()) return 'a file'
  if (found.isDirectory()) return 'a directory'
  if (found.isSymbolicLink()) return 'a symbolic link'
  if (found.isFIFO()) return 'a named pipe'
  if (found.isSocket()) return 'a socket'
  return found.isBlockDevice() ? 'a block device' : 'a device'
}

function readOpened(file: number, { limit, where }: Required<ReadOptions>): SmallFile {
  try {
    const found = fstatSync(file)
    assertRegular(found, where)
    if (found.size > limit) throw tooLong(where, limit)
    const bytes = readUpTo(file, limit + 1)
    if (bytes.length > limit) throw tooLong(where, limit)
    return { bytes, writtenAt: found.mtimeMs, changedAt: found.ctimeMs, owner: found.uid }
  } finally {
    closeSync(file)
  }
}

/**
 * Returns the next bytes of an open file, up to a number of them. The stated size does not count: the file may grow, and
 * files of /proc state none.
 */
export function readUpTo(file: number, most: number): Buffer {
  const pieces: Buffer[] = []
  for (let total = 0; total < most; ) {
    const piece = Buffer.alloc(Math.min(64 * 1024, most - total))
    const length = readSync(file, piece)
    if (length === 0) break
    pieces.push(piece.subarray(0, length))
    total += length
  }
  return Buffer.concat(pieces)
}

function notRegular(where: string, found: string): ImageError {
  return new ImageError('UNSAFE', 'not a regular file', {
    where,
    expected: 'a regular file',
    found,
    hint: 'it is not followed or read; remove it',
  })
}

function tooLong(where: string, limit: number): ImageError {
  return new ImageError('UNSAFE', 'the file is too large', { where, expected: `at most ${limit} bytes` })
}
