import { randomUUID } from 'node:crypto'
import { lstatSync, mkdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { HeldDirectory } from '../io/heldDirectory.js'
import { procCalls } from '../rootfs/procCalls.js'
import { removeTree } from '../rootfs/remove.js'
import { ImageError, isSystemError } from '../spec/errors.js'
import { BEAT, beat, isGone, ownerOf, sign } from '../store/layout/owner.js'
import { OWNER, UNSIGNED } from '../store/layout/ownNames.js'
import { rmdirQuietly } from '../store/layout/staging.js'
import { ROOTFS_DIRECTORY } from './bundleFiles.js'

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

/**
 * A directory beside its goal, for what is not whole yet: `NAME.partial-UUID`. It names its owner, so that a later command
 * can tell those that were left behind. Disposal removes it with all that is in it.
 */
export class PartialDirectory implements Disposable {
  readonly directory: HeldDirectory
  readonly parent: HeldDirectory
  readonly #name: string
  readonly #beating: NodeJS.Timeout

  /** Makes one that no other user may enter. @param base the name of the goal */
  static make(parent: HeldDirectory, base: string): PartialDirectory {
    const name = `${base}.partial-${randomUUID()}`
    mkdirSync(parent.at(name), { mode: 0o700 })
    try {
      return new PartialDirectory(parent, name)
    } catch (error) {
      rmdirQuietly(parent, name)
      throw error
    }
  }

  private constructor(parent: HeldDirectory, name: string) {
    this.parent = parent
    this.#name = name
    this.directory = parent.openWithin(name)
    if (this.directory.names().length > 0) {
      this.directory[Symbol.dispose]()
      throw new ImageError('UNSAFE', 'another directory took the place of one of ours', {
        where: join(parent.path, name),
      })
    }
    const record = sign(this.directory)
    this.#beating = setInterval(() => beat(this.directory, record), BEAT).unref()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#beating)
    using directory = this.directory
    removeAll(this.parent, this.#name, directory)
  }
}

/**
 * Removes partial directories for a goal that this user's commands left behind, and the names that they had already given
 * to files of theirs.
 */
export function clearPartials(parent: HeldDirectory, base: string): void {
  if (!parent.isHeld) return
  const form = new RegExp(`^${base.replace(/[^\w]/g, '\\$&')}\\.partial-${UUID}$`)
  for (const name of parent.names().filter((other) => form.test(other))) {
    using directory = opened(parent, name)
    if (directory === undefined || directory.stat().uid !== (process.geteuid?.() ?? 0)) continue
    const owner = ownerOf(directory)
    const isUnsigned = owner === undefined && directory.names().every((other) => other === UNSIGNED)
    if (!isUnsigned && (owner === undefined || !isGone(owner, Date.now()))) continue
    if (directory.names().includes(ROOTFS_DIRECTORY)) unlinkGiven(parent, directory)
    removeAll(parent, name, directory)
  }
}

/** Removes files that are still in a partial directory, too: the command was killed before the last name. */
function unlinkGiven(parent: HeldDirectory, directory: HeldDirectory): void {
  for (const name of directory.names().filter((other) => other !== OWNER && other !== ROOTFS_DIRECTORY)) {
    const [given, own] = [parent, directory].map((at) => lstatSync(at.at(name), { throwIfNoEntry: false }))
    if (given?.isFile() && given.dev === own?.dev && given.ino === own.ino) unlinkSync(parent.at(name))
  }
}

/** Removes all in a directory, its owner's record last, and then itself. Follows no link, however it changes meanwhile. */
function removeAll(parent: HeldDirectory, name: string, directory: HeldDirectory): void {
  const at = procCalls.openRoot(`${directory.at()}/.`)
  try {
    for (const other of procCalls.names(at)) if (other !== OWNER) removeTree(procCalls, at, other)
    removeTree(procCalls, at, OWNER)
  } finally {
    procCalls.close(at)
  }
  rmdirQuietly(parent, name)
}

function opened(parent: HeldDirectory, name: string): HeldDirectory | undefined {
  try {
    return parent.openWithin(name)
  } catch (error) {
    // A link, a file, another user's directory, or gone.
    if (isSystemError(error, 'ELOOP', 'ENOTDIR', 'EACCES', 'EPERM', 'ENOENT')) return undefined
    throw error
  }
}
