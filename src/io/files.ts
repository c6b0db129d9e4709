import { constants } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Bytes } from '../bytes/bytes.js'
import { writeFully } from '../threads/writeFully.js'
import { readRange } from './range.js'
import { assertRegular, QUIETLY } from './smallFile.js'

/** Makes or replaces a file in one step that survives a crash: readers see the old bytes or the new ones. */
export async function replaceFile(path: string, bytes: Uint8Array, temporary: string): Promise<void> {
  await writeSynced(temporary, bytes)
  try {
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncDirectory(dirname(path))
}

/** Makes a new file with these bytes and syncs it. After a failure there is none. */
export async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o644)
  try {
    await fillAndClose(file, bytes)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

async function fillAndClose(file: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    writeFully(file.fd, bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the bytes of a file survive a crash. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
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

/** Returns the bytes of a regular file, from `start` on. Refuses anything else in its place without waiting for it. */
export async function* readFile(path: string, start = 0): Bytes {
  const file = await open(path, QUIETLY)
  try {
    const found = await file.stat()
    assertRegular(found, path)
    yield* readRange(file, { offset: start, length: Math.max(0, found.size - start) })
  } finally {
    await file.close()
  }
}
