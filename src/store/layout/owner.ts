import { closeSync, constants, openSync, renameSync, writeFileSync } from 'node:fs'
import type { HeldDirectory } from '../../io/heldDirectory.js'
import { readSmallFile } from '../../io/smallFile.js'
import { ImageError, isSystemError } from '../../spec/errors.js'
import { canonicalJSON } from '../../spec/json/canonical.js'
import { type ProcessIdentity, parseProcessIdentity } from '../../spec/parse.js'
import { writeFully } from '../../threads/writeFully.js'
import { OWNER, UNSIGNED } from './ownNames.js'
import { stateOf, thisProcess } from './process.js'

/** The most bytes that a record of a process has. */
export const RECORD_LIMIT = 4096

/** How often an owner shows that it lives, in milliseconds: by writing its record once more, which dates it anew. */
export const BEAT = 30_000

/** After how long without such a sign an owner that cannot be seen from here counts as gone, in milliseconds. */
const SILENCE = 60 * 60 * 1000

/** Whose a staging directory is. */
export interface Owner {
  identity: ProcessIdentity
  /** When it last showed that it lives, in milliseconds since 1970 by the clock of the file system. */
  seenAt: number
  /** Number of the user who wrote it. */
  user: number
}

/** Writes into a staging directory whose it is, in one step. Returns the record. */
export function sign(directory: HeldDirectory): Buffer {
  const record = canonicalJSON(thisProcess())
  writeFileSync(directory.at(UNSIGNED), record, { flag: 'wx', mode: 0o600 })
  renameSync(directory.at(UNSIGNED), directory.at(OWNER))
  return record
}

/** Shows that the owner lives. */
export function beat(directory: HeldDirectory, record: Buffer): void {
  try {
    const file = openSync(directory.at(OWNER), constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      writeFully(file, record)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    // A full disk, or a directory that somebody removed: the work itself will meet it.
    if (!isSystemError(error)) throw error
  }
}

/** Whose a directory is, if a record that we can have written says so. */
export function ownerOf(directory: HeldDirectory): Owner | undefined {
  try {
    const found = readSmallFile(directory.at(OWNER), { limit: RECORD_LIMIT })
    if (found === undefined) return undefined
    return { identity: parseProcessIdentity(found.bytes, OWNER), seenAt: found.writtenAt, user: found.owner }
  } catch (error) {
    // No record of ours, or none that we may read.
    if (error instanceof ImageError || isSystemError(error, 'EACCES', 'EPERM')) return undefined
    throw error
  }
}

/** True if an owner is gone: seen to be so, or silent for so long that it must be. */
export function isGone({ identity, seenAt }: Owner, now: number): boolean {
  const state = stateOf(identity)
  return state === 'gone' || (state === 'elsewhere' && now - seenAt > SILENCE)
}
