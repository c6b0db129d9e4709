import { lstatSync } from 'node:fs'
import { lstat, mkdir, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { replaceFile, syncDirectory } from '../../io/files.js'
import type { HeldDirectory } from '../../io/heldDirectory.js'
import { readSmallFile } from '../../io/smallFile.js'
import { ImageError, isSystemError } from '../../spec/errors.js'
import { parseLayoutFile } from '../../spec/parse.js'
import { LAYOUT_CONTENT, LAYOUT_FILE, LAYOUT_VERSION } from './layoutNames.js'
import { isOurs } from './ownNames.js'

/**
 * Refuses a directory that is neither a layout nor empty. Leftovers of interrupted commands do not count.
 * @throws ImageError EXISTS, UNSUPPORTED, UNSAFE
 */
export function assertLayoutOrEmpty(root: HeldDirectory): void {
  const names = root.names().filter((name) => !isOurs(name))
  if (names.length === 0) return
  if (names.includes(LAYOUT_FILE)) {
    assertVersion(root)
    return
  }
  throw new ImageError('EXISTS', 'the destination is a directory with something else in it', {
    where: root.path,
    expected: 'an OCI image layout, or an empty or new directory',
    found: names.slice(0, 3).join(', '),
    hint: 'choose another directory',
  })
}

/** The largest oci-layout file that is read, in bytes. Real ones have about 30. */
const LAYOUT_FILE_LIMIT = 64 * 1024

function assertVersion(root: HeldDirectory): void {
  const where = join(root.path, LAYOUT_FILE)
  const found = readSmallFile(root.at(LAYOUT_FILE), { limit: LAYOUT_FILE_LIMIT, where })
  // It was there a moment ago. Another command removed it, and either makes the layout anew or gives it up.
  if (found === undefined) return
  const { imageLayoutVersion } = parseLayoutFile(found.bytes, where)
  if (imageLayoutVersion === LAYOUT_VERSION) return
  throw new ImageError('UNSUPPORTED', 'the layout has another version', {
    where,
    expected: LAYOUT_VERSION,
    found: imageLayoutVersion,
  })
}

/** Makes the directory a layout; returns false if it is one already. */
export async function writeLayoutFile(root: HeldDirectory, staging: HeldDirectory): Promise<boolean> {
  const path = root.at(LAYOUT_FILE)
  if ((await sizeOf(path)) !== undefined) return false
  await replaceFile(path, LAYOUT_CONTENT, staging.at(LAYOUT_FILE))
  return true
}

/** Returns the folders of blobs that are symbolic links, as paths in the layout. */
export function linkedFolders(root: HeldDirectory): string[] {
  return ['blobs', 'blobs/sha256', 'blobs/sha512'].filter((path) => isLink(root.at(path)))
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch (error) {
    // Nothing is there, not even a folder in which it could be.
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return false
    throw error
  }
}

/**
 * Makes a directory and its missing parents; returns the uppermost that it made. If one cannot be made, removes the
 * others again. Node's recursive mkdir never returns where the system allows no directories, as in /proc.
 * @throws ImageError EXISTS if something else is there
 */
export async function makeDirectory(path: string): Promise<string | undefined> {
  if (await made(path)) return path
  if (await isDirectory(path)) return undefined
  const above = dirname(path)
  const first = above === path ? undefined : await makeDirectory(above)
  try {
    const isMine = await made(path)
    // Neither made nor there: try once more, for the system's own error.
    if (!isMine && !(await isDirectory(path))) await mkdir(path)
    return first ?? (isMine ? path : undefined)
  } catch (error) {
    await removeMade(above, first)
    throw error
  }
}

/** True if this call made the directory; false if it exists or its parent is missing. */
async function made(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if (isSystemError(error, 'EEXIST', 'ENOENT')) return false
    throw error
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
  throw new ImageError('EXISTS', 'the destination is not a directory', { where: path, hint: 'choose another path' })
}

/** Returns the size of a regular file; undefined if there is none, or a link. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await lstat(path)
    return found.isFile() ? found.size : undefined
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Syncs the directories that were made for a layout, so that they survive a crash. */
export async function syncMade(root: string, firstMade: string): Promise<void> {
  for (let path = root; path.startsWith(firstMade); path = dirname(path)) await syncDirectory(dirname(path))
}

/** Removes the directories that were made for a layout that failed, as long as they are empty. */
export async function removeMade(root: string, firstMade: string | undefined): Promise<void> {
  if (firstMade === undefined) return
  for (let path = root; path.startsWith(firstMade); path = dirname(path)) {
    try {
      await rmdir(path)
    } catch (error) {
      if (isSystemError(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) return
      throw error
    }
  }
}
