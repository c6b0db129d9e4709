import { lstatSync } from 'node:fs'
import { lstat, mkdir, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { replaceFile, syncDirectory } from '../../io/files.js'
import type { HeldDirectory } from '../../io/heldDirectory.js'
import { readSmallFile } from '../../io/smallFile.js'
import { ImageError, isSystemError } from '../../spec/errors.js'
import { parseLayoutFile } from '../../spec/parse.js'
import { LAYOUT_CONTENT, LAYOUT_FILE, LAYOUT_VERSION } from './layoutFiles.js'
import { isOurs } from './ownNames.js'

/**
 * Refuses a directory that is neither a layout nor empty; what interrupted commands left behind counts as nothing.
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

/** The most bytes of a file oci-layout. Those that there are have about 30. */
const LAYOUT_FILE_LIMIT = 64 * 1024

function assertVersion(root: HeldDirectory): void {
  const where = join(root.path, LAYOUT_FILE)
  const found = readSmallFile(root.at(LAYOUT_FILE), { limit: LAYOUT_FILE_LIMIT, where })
  // It was there a moment ago; whoever took it away is making a layout, too, or gives it up.
  if (found === undefined) return
  const { imageLayoutVersion } = parseLayoutFile(found.bytes, where)
  if (imageLayoutVersion === LAYOUT_VERSION) return
  throw new ImageError('UNSUPPORTED', 'a layout of another version', {
    where,
    expected: LAYOUT_VERSION,
    found: imageLayoutVersion,
  })
}

/** Makes the directory a layout; false if it is one already. */
export async function writeLayoutFile(root: HeldDirectory, staging: HeldDirectory): Promise<boolean> {
  const path = root.at(LAYOUT_FILE)
  if ((await sizeOf(path)) !== undefined) return false
  await replaceFile(path, LAYOUT_CONTENT, staging.at(LAYOUT_FILE))
  return true
}

/** Folders of blobs that are links to other places, as paths in the layout. */
export function linkedFolders(root: HeldDirectory): string[] {
  return ['blobs', 'blobs/sha256', 'blobs/sha512'].filter((path) => isLink(root.at(path)))
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
}

/**
 * Makes a directory and those above it that are missing; returns the uppermost that it made. If one cannot be made,
 * those above it go again. Node's own way of doing that never ends where the system has no room for directories, as in
 * /proc.
 * @throws ImageError EXISTS if something else is there
 */
export async function makeDirectory(path: string): Promise<string | undefined> {
  if (await made(path)) return path
  if (await isDirectory(path)) return undefined
  const above = dirname(path)
  const first = above === path ? undefined : await makeDirectory(above)
  try {
    const isMine = await made(path)
    // Neither made nor there: once more, for the system's own reason.
    if (!isMine && !(await isDirectory(path))) await mkdir(path)
    return first ?? (isMine ? path : undefined)
  } catch (error) {
    await removeMade(above, first)
    throw error
  }
}

/** Whether this call made the directory; not if it is there, or if one above it is missing. */
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

/** Size of a regular file; undefined if there is none. A link is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await lstat(path)
    return found.isFile() ? found.size : undefined
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Makes the directories that were made for a layout survive a crash. */
export async function syncMade(root: string, firstMade: string): Promise<void> {
  for (let path = root; path.startsWith(firstMade); path = dirname(path)) await syncDirectory(dirname(path))
}

/** Removes the directories that were made for a layout that did not come to be, as long as nothing is in them. */
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
