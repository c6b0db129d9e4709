import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { HeldDirectory } from '../io/heldDirectory.js'
import { readSmallFile } from '../io/smallFile.js'
import type { Owners } from '../rootfs/owners.js'
import { parseDigest } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import { DOCUMENT_LIMIT } from '../spec/parse.js'
import { mtreeFile, ROOTFS_DIRECTORY, UMOCI_FILE } from './bundleFiles.js'
import { type BundleOrigin, parseUmociFile } from './umociFile.js'

/** A bundle that was unpacked before. */
export interface OpenBundle extends Disposable {
  directory: HeldDirectory
  origin: BundleOrigin
  /** Name of the file with what was unpacked. */
  mtree: string
  owners: Owners
}

/**
 * Opens a bundle that `unpack` or umoci made. What its files say may come from anybody.
 * @throws ImageError NOT_FOUND, FORMAT, UNSAFE
 */
export function openBundle(path: string): OpenBundle {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new ImageError('NOT_FOUND', 'no such file or directory', { where: path, expected: 'a bundle' })
  }
  const directory = HeldDirectory.open(path)
  try {
    const origin = originOf(directory)
    const { uidMappings: users, gidMappings: groups, rootless: isRootless } = origin
    return {
      directory,
      origin,
      mtree: mtreeFile(parseDigest(origin.walk.at(-1)?.digest ?? '')),
      owners: { users, groups, isRootless },
      [Symbol.dispose]: () => directory[Symbol.dispose](),
    }
  } catch (error) {
    directory[Symbol.dispose]()
    throw error
  }
}

function originOf(directory: HeldDirectory): BundleOrigin {
  const where = join(directory.path, UMOCI_FILE)
  const file = readSmallFile(directory.at(UMOCI_FILE), { limit: DOCUMENT_LIMIT, where })
  if (file === undefined) {
    throw new ImageError('NOT_FOUND', 'there is no record of what was unpacked', {
      where,
      hint: 'only a bundle that transload unpack or umoci unpack made can be repacked',
    })
  }
  if (lstatSync(directory.at(ROOTFS_DIRECTORY), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new ImageError('NOT_FOUND', 'there is no root file system', { where: join(directory.path, ROOTFS_DIRECTORY) })
  }
  return parseUmociFile(file.bytes, where)
}
