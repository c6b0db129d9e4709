import { linkSync, lstatSync, renameSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { HeldDirectory } from '../io/heldDirectory.js'
import { ImageError, isSystemError } from '../spec/errors.js'
import { ROOTFS_DIRECTORY, RUNTIME_CONFIG_FILE, UMOCI_FILE } from './bundleFiles.js'

/**
 * Refuses a directory that has parts of a bundle.
 * @throws ImageError EXISTS
 */
export function assertNoBundle(bundle: HeldDirectory): void {
  for (const name of [RUNTIME_CONFIG_FILE, ROOTFS_DIRECTORY, UMOCI_FILE]) assertAbsent(bundle, name)
}

/**
 * Gives the files of a partial directory their names in a bundle, and the root file system last: without it, nobody takes
 * the directory for a bundle. Replaces nothing. If a name cannot be given, takes the others back.
 * @throws ImageError EXISTS if a name has been taken meanwhile
 */
export function publish(partial: HeldDirectory, bundle: HeldDirectory, files: readonly string[]): void {
  const given: string[] = []
  try {
    for (const name of files) {
      give(partial, bundle, name)
      given.push(name)
    }
    assertAbsent(bundle, ROOTFS_DIRECTORY)
    renameSync(partial.at(ROOTFS_DIRECTORY), bundle.at(ROOTFS_DIRECTORY))
  } catch (error) {
    for (const name of given) unlinkSync(bundle.at(name))
    throw error
  }
}

/** Links the file, which fails where the name is taken; moves it where the file system has no links. */
function give(partial: HeldDirectory, bundle: HeldDirectory, name: string): void {
  try {
    linkSync(partial.at(name), bundle.at(name))
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) throw taken(bundle, name)
    if (!isSystemError(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error
    assertAbsent(bundle, name)
    renameSync(partial.at(name), bundle.at(name))
  }
}

function assertAbsent(bundle: HeldDirectory, name: string): void {
  if (lstatSync(bundle.at(name), { throwIfNoEntry: false }) !== undefined) throw taken(bundle, name)
}

function taken({ path }: HeldDirectory, name: string): ImageError {
  return new ImageError('EXISTS', 'it exists already', {
    where: join(path, name),
    expected: 'a new or empty directory for the bundle',
    hint: 'remove it, or name another directory',
  })
}
