import { mkdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import type { HeldDirectory } from '../../io/heldDirectory.js'
import { ImageError, isSystemError } from '../../spec/errors.js'
import { BEAT, beat, ownerOf, sign } from './owner.js'
import { isStagedName, newStagingName, OWNER, UNSIGNED } from './ownNames.js'

/** A directory of ours in another one, on the same disk, for what has no name yet. What we made goes with it. */
export class Staging implements AsyncDisposable {
  readonly directory: HeldDirectory
  /** The directory that it is in. */
  readonly parent: HeldDirectory
  readonly #name: string
  readonly #beating: NodeJS.Timeout

  /**
   * Makes one that nobody else may look into, and that names its owner.
   * @param parent is closed with the staging, once there is one
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
        // Somebody who clears took it for one whose maker was killed before it was signed.
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

/** Removes a staging directory with what we make in one; anything else stays, and the directory with it. */
export async function removeStaged(parent: HeldDirectory, name: string, directory: HeldDirectory): Promise<void> {
  for (const [at, staged] of directory.names().entries()) {
    // There may be 100,000; an interrupt has to get through.
    if (at % 1000 === 999) await turn()
    if (isStagedName(staged) && staged !== OWNER) unlinkQuietly(directory, staged)
  }
  // Whose it is stays known until nothing else is in it.
  if (directory.names().every((left) => left === OWNER)) unlinkQuietly(directory, OWNER)
  rmdirQuietly(parent, name)
}

/** Signs a directory that was just made, unless it is another one by now. Closes it if that fails. */
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
    // What we make belongs to whom our files belong to, whoever that is on this file system.
    if (ownerOf(directory)?.user === directory.stat().uid && directory.names().length === 1) return record
    throw exchanged(directory)
  } catch (error) {
    unlinkQuietly(directory, UNSIGNED)
    unlinkQuietly(directory, OWNER)
    throw error
  }
}

function exchanged({ path }: HeldDirectory): ImageError {
  return new ImageError('UNSAFE', 'another directory was put in the place of one of ours', { where: path })
}

/** Removes a file, or leaves what is none, or is another user's. */
export function unlinkQuietly(directory: HeldDirectory, name: string): void {
  try {
    unlinkSync(directory.at(name))
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'EISDIR', 'EPERM', 'EACCES')) throw error
  }
}

/** Removes a directory with nothing in it, or leaves what is none, or is another user's; true if it is gone. */
export function rmdirQuietly(parent: HeldDirectory, name: string): boolean {
  try {
    rmdirSync(parent.at(name))
    return true
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES')) throw error
    return false
  }
}
