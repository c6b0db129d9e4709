import type { HeldDirectory } from '../../io/heldDirectory.js'
import { isSystemError } from '../../spec/errors.js'
import { isGone, ownerOf } from './owner.js'
import { isStagingName, UNSIGNED } from './ownNames.js'
import { removeStaged, rmdirQuietly, Staging, unlinkQuietly } from './staging.js'

/**
 * Makes a staging directory in another one, and removes those of killed commands.
 * @param parent closed together with the staging, or at once on failure
 */
export async function openStaging(parent: HeldDirectory): Promise<Staging> {
  const staging = await madeOrClosed(parent)
  try {
    await clearAbandoned(parent, viewOf(staging))
    return staging
  } catch (error) {
    await staging[Symbol.asyncDispose]()
    throw error
  }
}

async function madeOrClosed(parent: HeldDirectory): Promise<Staging> {
  try {
    return await madeWithRoom(parent)
  } catch (error) {
    parent[Symbol.dispose]()
    throw error
  }
}

/**
 * Makes a staging directory. On a full disk, leftovers may be the reason why there is no room: it removes them and
 * tries again.
 */
async function madeWithRoom(parent: HeldDirectory): Promise<Staging> {
  try {
    return Staging.make(parent)
  } catch (error) {
    if (!isSystemError(error, 'ENOSPC', 'EDQUOT')) throw error
    // Without a file of our own the file system's time is unknown, so nobody counts as silent for long.
    await clearAbandoned(parent, { user: process.geteuid?.() ?? 0, now: 0 })
    return Staging.make(parent)
  }
}

/** The user and the time by which to judge whether a directory is abandoned. */
interface View {
  /** The user id that our files get in this directory. */
  user: number
  /** In milliseconds since 1970, by the clock of its file system. */
  now: number
}

function viewOf({ directory }: Staging): View {
  return { user: directory.stat().uid, now: ownerOf(directory)?.seenAt ?? 0 }
}

/** Removes directories that this user's commands left behind and whose process is gone. Opens no others. */
async function clearAbandoned(parent: HeldDirectory, view: View): Promise<void> {
  // Without an open handle, somebody could exchange the directories meanwhile.
  if (!parent.isHeld && !isPrivate(parent, view)) return
  for (const name of parent.names().filter(isStagingName)) {
    using directory = opened(parent, name)
    if (directory !== undefined && directory.stat().uid === view.user) await clear(parent, name, { directory, view })
  }
}

async function clear(
  parent: HeldDirectory,
  name: string,
  { directory, view }: { directory: HeldDirectory; view: View },
): Promise<void> {
  const owner = ownerOf(directory)
  if (owner === undefined) removeUnsigned(parent, name, directory)
  else if (owner.user === view.user && isGone(owner, view.now)) await removeStaged(parent, name, directory)
}

/** Removes a directory that holds nothing yet. If its maker is alive, it makes another. */
function removeUnsigned(parent: HeldDirectory, name: string, directory: HeldDirectory): void {
  if (!directory.names().every((other) => other === UNSIGNED)) return
  unlinkQuietly(directory, UNSIGNED)
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

/** True if no other user can exchange anything in the directory. */
function isPrivate(parent: HeldDirectory, { user }: View): boolean {
  const { uid, mode } = parent.stat()
  return uid === user && (mode & 0o022) === 0
}
