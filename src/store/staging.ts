import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ImageError, isSystemError } from '../spec/errors.js'
import { canonicalJSON } from '../spec/json.js'
import { parseProcessIdentity } from '../spec/parse.js'
import { isDead, thisProcess } from './process.js'

/** All names of ours in a layout directory start so. */
const PREFIX = '.transload'

/** The lock on a layout's index. */
export const LOCK = `${PREFIX}.lock`

/** How old what is left behind has to be before it goes although nobody knows whose it is, in milliseconds. */
const ABANDONED = 24 * 60 * 60 * 1000

/** True of a name in a layout directory that is only there while a command runs, or was left behind by one. */
export function isOurs(name: string): boolean {
  return name.startsWith(PREFIX)
}

/** Makes a directory inside the layout, so that blobs can be renamed into it, that names its owner. */
export function makeStaging(root: string): string {
  const owner = canonicalJSON(thisProcess())
  for (;;) {
    const path = join(root, `${PREFIX}-${randomUUID()}`)
    mkdirSync(path, { mode: 0o700 })
    try {
      writeFileSync(join(path, UNSIGNED), owner)
      renameSync(join(path, UNSIGNED), join(path, OWNER))
      return path
    } catch (error) {
      // Somebody who clears has taken it for one whose maker was killed before it was named.
      if (!isSystemError(error, 'ENOENT')) throw error
    }
  }
}

/** Removes a staging directory; whose it is stays known until nothing else is in it. */
export async function removeStaging(path: string): Promise<void> {
  for (const name of await namesIn(path)) {
    if (name !== OWNER) await rm(join(path, name), { recursive: true, force: true })
  }
  rmSync(path, { recursive: true, force: true })
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    // Gone already, or no directory.
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}

/** Removes what commands left behind that were killed. What may belong to one that runs stays. */
export async function clearAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const path = join(root, name)
    if (isOurs(name) && name !== LOCK && (await isAbandoned(path))) await clear(path)
  }
}

const OWNER = 'owner'

/** The owner's record while it is written: who is killed meanwhile has put nothing else there. */
const UNSIGNED = 'owner.new'

async function isAbandoned(path: string): Promise<boolean> {
  try {
    return isDead(parseProcessIdentity(await readFile(join(path, OWNER)), path))
  } catch (error) {
    // Another user's: theirs to clear.
    if (isSystemError(error, 'EACCES', 'EPERM')) return false
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR') && !(error instanceof ImageError)) throw error
    return !(await removeUnsigned(path)) && isOld(path)
  }
}

/**
 * Removes a directory of which nothing was made, or nothing is left, but itself. Its maker may be alive, and makes
 * another then.
 */
async function removeUnsigned(path: string): Promise<boolean> {
  try {
    await rm(join(path, UNSIGNED), { force: true })
    await rmdir(path)
    return true
  } catch (error) {
    if (isSystemError(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return false
    throw error
  }
}

async function clear(path: string): Promise<void> {
  try {
    await removeStaging(path)
  } catch (error) {
    // Likewise another user's.
    if (!isSystemError(error, 'EACCES', 'EPERM')) throw error
  }
}

async function isOld(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > ABANDONED
  } catch (error) {
    // Its owner has removed it meanwhile.
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
}
