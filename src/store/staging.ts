import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
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
export async function makeStaging(root: string): Promise<string> {
  const path = join(root, `${PREFIX}-${randomUUID()}`)
  await mkdir(path, { mode: 0o700 })
  await writeFile(join(path, OWNER), canonicalJSON(thisProcess()))
  return path
}

/** Removes what commands left behind that were killed. What may belong to one that runs stays. */
export async function clearAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const path = join(root, name)
    if (isOurs(name) && name !== LOCK && (await isAbandoned(path))) await clear(path)
  }
}

const OWNER = 'owner'

async function isAbandoned(path: string): Promise<boolean> {
  try {
    return isDead(parseProcessIdentity(await readFile(join(path, OWNER)), path))
  } catch (error) {
    // Another user's: theirs to clear.
    if (isSystemError(error, 'EACCES', 'EPERM')) return false
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR') && !(error instanceof ImageError)) throw error
    return isOld(path)
  }
}

async function clear(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
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
