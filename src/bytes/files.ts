import { constants, writeSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Bytes } from './bytes.js'
import { readRange } from './range.js'

/** Replaces a file, or makes it, in one step that survives a crash: whoever reads sees the old bytes or the new ones. */
export async function replaceFile(path: string, bytes: Uint8Array, temporary: string): Promise<void> {
  const file = await open(temporary, 'wx', 0o644)
  try {
    await fillAndClose(file, bytes)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncDirectory(dirname(path))
}

async function fillAndClose(file: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    writeFully(file.fd, bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/**
 * As much as is written at a time. More makes Linux look for large stretches of free memory to cache it in, which on a
 * machine whose memory is cold or scattered takes longer than all the rest.
 */
const PIECE = 64 * 1024

/**
 * Writes all of it to a file from a position on, however the system cuts it up. At once, and not in another thread: a
 * piece goes to the system's cache in less time than it takes to ask for that.
 */
export function writeFully(file: number, bytes: Uint8Array, position = 0): void {
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(file, bytes, at, Math.min(PIECE, bytes.length - at), position + at)
  }
}

/** Makes new names in a directory survive a crash. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** The bytes of a regular file, from `start` on; a symlink in its place is refused. */
export async function* readFile(path: string, start = 0): Bytes {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const { size } = await file.stat()
    yield* readRange(file, { offset: start, length: Math.max(0, size - start) })
  } finally {
    await file.close()
  }
}
