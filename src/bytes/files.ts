import { constants } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Bytes } from './bytes.js'
import { readRange } from './range.js'
import { writeFully } from './writeFully.js'

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
