import { lstatSync, readdirSync, renameSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { ROOTFS_DIRECTORY } from '../bundle/bundleFiles.js'
import { clearPartials, PartialDirectory } from '../bundle/partial.js'
import { collecting } from '../bytes/context.js'
import { HeldDirectory } from '../io/heldDirectory.js'
import { ImageError } from '../spec/errors.js'
import { makeDirectory, removeMade } from '../store/layout/layoutDirectory.js'
import type { ImagePlace } from '../transport/imagePlace.js'
import type { UnpackOptions } from './bundleOptions.js'
import { assertUnpackOptions } from './checkOptions.js'
import { openOne } from './openOne.js'
import { running } from './running.js'
import { writeLayers } from './unpackImage.js'
import { startWriter, type Unpacked, unpackedOf } from './unpackOptions.js'

/**
 * Unpacks the layers of an image to a directory that does not exist, or is empty.
 *
 * Nothing has the directory's name before all of it is written and checked. Names and links of the image are resolved
 * within it, and never on the host.
 * @throws ImageError EXISTS if something is there; INTEGRITY, FORMAT, UNSAFE, UNSUPPORTED, NOT_FOUND, SYSTEM, USAGE
 */
export async function unpackRootfs(image: ImagePlace, rootfs: string, options: UnpackOptions = {}): Promise<Unpacked> {
  return running(`unpack ${image}`, options, async () => {
    assertUnpackOptions(options)
    const path = resolve(rootfs)
    assertFree(path)
    const made = await makeDirectory(dirname(path))
    let isWhole = false
    try {
      using parent = HeldDirectory.open(dirname(path))
      clearPartials(parent, basename(path))
      using partial = PartialDirectory.make(parent, basename(path))
      const unpacked = await unpackInto(partial, image, options)
      assertFree(path)
      renameSync(partial.directory.at(ROOTFS_DIRECTORY), parent.at(basename(path)))
      isWhole = true
      return unpacked
    } finally {
      if (!isWhole) await removeMade(dirname(path), made)
    }
  })
}

async function unpackInto({ directory }: PartialDirectory, image: string, options: UnpackOptions): Promise<Unpacked> {
  const { context, warnings } = collecting(options)
  const spool = () => directory.at('spool')
  // First, since the thread gets ready while the image is opened.
  await using writer = await startWriter(directory, { options, isSummed: false })
  await using opened = await openOne(image, { platform: options.platform, context, signal: options.signal, spool })
  await writeLayers(opened.image, { writer, context, signal: options.signal })
  return unpackedOf(opened.image, { written: await writer.finish(), context, warnings })
}

/** @throws ImageError EXISTS unless the path is free, or an empty directory */
export function assertFree(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (found.isDirectory() && readdirSync(path).length === 0) return
  throw new ImageError('EXISTS', 'the directory is there already', {
    where: path,
    hint: 'remove it, or name another one',
  })
}
