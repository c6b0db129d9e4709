import type { HeldDirectory } from '../../io/heldDirectory.js'
import { isSystemError } from '../../spec/errors.js'
import { isGone, ownerOf } from './owner.js'
import { isStagingName, UNSIGNED } from './ownNames.js'
import { removeStaged, rmdirQuietly, Staging, unlinkQuietly } from './staging.js'

/**
 * Makes a staging directory in another one, and clears those that commands left behind that were killed.
 * @param parent is closed with the staging, or at once if there is none
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

/** Makes a staging directory; on a full disk, what was left behind may be what fills it. */
async function madeWithRoom(parent: HeldDirectory): Promise<Staging> {
  try {
    return Staging.make(parent)
  } catch (error) {
    if (!isSystemError(error, 'ENOSPC', 'EDQUOT')) throw error
    // Without a file of our own nothing tells the time there, so that nobody counts as silent for long.
    await clearAbandoned(parent, { user: process.geteuid?.() ?? 0, now: 0 })
    return Staging.make(parent)
  }
}

/** What decides whether a directory is cleared. */
interface View {
  /** Number of the user whom our files belong to in this directory. */
  user: number
  /** In milliseconds since 1970, by the clock of its file system. */
  now: number
}

function viewOf({ directory }: Staging): View {
  return { user: directory.stat().uid, now: ownerOf(directory)?.seenAt ?? 0 }
}

/** Removes what commands of this user left behind whose process is gone. Nothing else is looked into. */
async function clearAbandoned(parent: HeldDirectory, view: View): Promise<void> {
  // Without a hold on them directories could be exchanged on the way.
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

/** Removes a directory in which nothing was made yet. Its maker may be alive, and makes another then. */
function removeUnsigned(parent: HeldDirectory, name: string, directory: HeldDirectory): void {
  if (!directory.names().every((other) => other === UNSIGNED)) return
  unlinkQuietly(directory, UNSIGNED)
  rmdirQuietly(parent, name)
}

function opened(parent: HeldDirectory, name: string): HeldDirectory | undefined {
  try {
    return parent.openWithin(name)
  } catch (error) {
    // A link, a file, another user's, or gone by now.
    if (isSystemError(error, 'ELOOP', 'ENOTDIR', 'EACCES', 'EPERM', 'ENOENT')) return undefined
    throw error
  }
}

/** True of a directory in which no other user can exchange anything. */
function isPrivate(parent: HeldDirectory, { user }: View): boolean {
  const { uid, mode } = parent.stat()
  return uid === user && (mode & 0o022) === 0
}
