import { closeSync, constants, openSync, renameSync, writeFileSync } from 'node:fs'
import type { HeldDirectory } from '../../io/heldDirectory.js'
import { readSmallFile } from '../../io/smallFile.js'
import { ImageError, isSystemError } from '../../spec/errors.js'
import { canonicalJSON } from '../../spec/json/canonical.js'
import { type ProcessIdentity, parseProcessIdentity } from '../../spec/parse.js'
import { writeFully } from '../../threads/writeFully.js'
import { OWNER, UNSIGNED } from './ownNames.js'
import { stateOf, thisProcess } from './process.js'

/** The largest record of a process, in bytes. */
export const RECORD_LIMIT = 4096

/** Milliseconds between rewrites of a record, which update its file's time and show that the owner is alive. */
export const BEAT = 30_000

/** Milliseconds without a sign of life after which an owner that cannot be seen from here counts as gone. */
const SILENCE = 60 * 60 * 1000

/** The owner of a staging directory. */
export interface Owner {
  identity: ProcessIdentity
  /** The time of its last sign of life, in milliseconds since 1970 by the clock of the file system. */
  seenAt: number
  /** The user id of the record's writer. */
  user: number
}

/** Writes the owner's record into a staging directory, in one step. Returns the record. */
export function sign(directory: HeldDirectory): Buffer {
  const record = canonicalJSON(thisProcess())
  writeFileSync(directory.at(UNSIGNED), record, { flag: 'wx', mode: 0o600 })
  renameSync(directory.at(UNSIGNED), directory.at(OWNER))
  return record
}

/** Shows that the owner is alive. */
export function beat(directory: HeldDirectory, record: Buffer): void {
  try {
    const file = openSync(directory.at(OWNER), constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      writeFully(file, record)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    // A full disk, or a removed directory: the command's own writes will report it.
    if (!isSystemError(error)) throw error
  }
}

/** Returns the owner of a directory, if a record that we may have written names one. */
export function ownerOf(directory: HeldDirectory): Owner | undefined {
  try {
    const found = readSmallFile(directory.at(OWNER), { limit: RECORD_LIMIT })
    if (found === undefined) return undefined
    return { identity: parseProcessIdentity(found.bytes, OWNER), seenAt: found.writtenAt, user: found.owner }
  } catch (error) {
    // Not our record, or one that we may not read.
    if (error instanceof ImageError || isSystemError(error, 'EACCES', 'EPERM')) return undefined
    throw error
  }
}

/** True if an owner is gone: known to be, or silent for so long that it must be. */
export function isGone({ identity, seenAt }: Owner, now: number): boolean {
  const state = stateOf(identity)
  return state === 'gone' || (state === 'elsewhere' && now - seenAt > SILENCE)
}
