import { mkdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import type { HeldDirectory } from '../../io/heldDirectory.js'
import { ImageError, isSystemError } from '../../spec/errors.js'
import { BEAT, beat, ownerOf, sign } from './owner.js'
import { isStagedName, newStagingName, OWNER, UNSIGNED } from './ownNames.js'

/**
 * A private directory within another one, on the same disk, for files without a final name. Disposal removes it with
 * our files.
 */
export class Staging implements AsyncDisposable {
  readonly directory: HeldDirectory
  /** The directory that contains it. */
  readonly parent: HeldDirectory
  readonly #name: string
  readonly #beating: NodeJS.Timeout

  /**
   * Makes one that no other user may read, and that names its owner.
   * @param parent closed together with the staging
   * @throws ImageError UNSAFE if somebody puts another directory in its place
   */
  static make(parent: HeldDirectory): Staging {
    for (;;) {
      const name = newStagingName()
      mkdirSync(parent.at(name), { mode: 0o700 })
      try {
        return new Staging(parent, name)
      } catch (error) {
        rmdirQuietly(parent, name)
        // A command that clears leftovers removed it, because it was not signed yet.
        if (!isSystemError(error, 'ENOENT')) throw error
      }
    }
  }

  private constructor(parent: HeldDirectory, name: string) {
    this.parent = parent
    this.#name = name
    this.directory = parent.openWithin(name)
    const record = signed(this.directory)
    this.#beating = setInterval(() => beat(this.directory, record), BEAT).unref()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beating)
    using parent = this.parent
    using directory = this.directory
    await removeStaged(parent, this.#name, directory)
  }
}

/** Removes a staging directory and our files in it. If it holds anything else, both stay. */
export async function removeStaged(parent: HeldDirectory, name: string, directory: HeldDirectory): Promise<void> {
  for (const [at, staged] of directory.names().entries()) {
    // There may be 100,000 files, and an interrupt must get through.
    if (at % 1000 === 999) await turn()
    if (isStagedName(staged) && staged !== OWNER) unlinkQuietly(directory, staged)
  }
  // The record of the owner stays until all else is gone.
  if (directory.names().every((left) => left === OWNER)) unlinkQuietly(directory, OWNER)
  rmdirQuietly(parent, name)
}

/** Signs a directory that was just made, unless somebody exchanged it. Closes it on failure. */
function signed(directory: HeldDirectory): Buffer {
  try {
    if (directory.names().length > 0) throw exchanged(directory)
    return signedIn(directory)
  } catch (error) {
    directory[Symbol.dispose]()
    throw error
  }
}

function signedIn(directory: HeldDirectory): Buffer {
  try {
    const record = sign(directory)
    // Our record must have the user id that our files get on this file system.
    if (ownerOf(directory)?.user === directory.stat().uid && directory.names().length === 1) return record
    throw exchanged(directory)
  } catch (error) {
    unlinkQuietly(directory, UNSIGNED)
    unlinkQuietly(directory, OWNER)
    throw error
  }
}

function exchanged({ path }: HeldDirectory): ImageError {
  return new ImageError('UNSAFE', 'another directory took the place of one of ours', { where: path })
}

/** Removes a file; does nothing if it is missing, not a file, or another user's. */
export function unlinkQuietly(directory: HeldDirectory, name: string): void {
  try {
    unlinkSync(directory.at(name))
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'EISDIR', 'EPERM', 'EACCES')) throw error
  }
}

/**
 * Removes an empty directory; does nothing if it is missing, not empty, not a directory, or another user's. Returns
 * true if it was removed.
 */
export function rmdirQuietly(parent: HeldDirectory, name: string): boolean {
  try {
    rmdirSync(parent.at(name))
    return true
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES')) throw error
    return false
  }
}
