import { constants } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Bytes } from '../bytes/bytes.js'
import { writeFully } from '../threads/writeFully.js'
import { readRange } from './range.js'
import { assertRegular, QUIETLY } from './smallFile.js'

/** Replaces a file, or makes it, in one step that survives a crash: whoever reads sees the old bytes or the new ones. */
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

/** Makes a file that is not there, with these bytes, and sends them to the disk. After a failure there is none. */
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

/** The bytes of a regular file, from `start` on; anything else in its place is refused, and not waited for. */
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
