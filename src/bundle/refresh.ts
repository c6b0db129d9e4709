import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, futimesSync, openSync, renameSync, rmSync } from 'node:fs'
import type { HeldDirectory } from '../io/heldDirectory.js'
import { writeTexts } from '../threads/writeFully.js'
import { UMOCI_FILE } from './bundleFiles.js'
import { type BundleOrigin, umociJSON } from './umociFile.js'

/** The new state of a bundle. */
interface Refreshed {
  origin: BundleOrigin
  /** Names of the mtree files, the old and the new one. */
  mtrees: readonly [old: string, now: string]
  /** When the look at the tree began, in milliseconds since 1970. What changes later is not in the mtree file. */
  lookedAt: number
  /** Writes the content of the new mtree file to an open file. */
  describe: (file: number) => Promise<void>
}

/** The clock of a file system may be so many milliseconds behind. */
const SLACK = 1000

/**
 * Makes a bundle one of another image. Until its record is replaced, in one step, the bundle is what it was; then the old
 * list of its files goes.
 */
export async function refreshBundle(
  bundle: HeldDirectory,
  { origin, mtrees, lookedAt, describe }: Refreshed,
): Promise<void> {
  const [old, now] = mtrees
  await replaceFile(bundle, now, async (file) => {
    await describe(file)
    // A later repack reads what has changed since.
    const time = (lookedAt - SLACK) / 1000
    futimesSync(file, time, time)
  })
  await replaceFile(bundle, UMOCI_FILE, async (file) => writeTexts(file, [umociJSON(origin)]))
  if (old !== now) rmSync(bundle.at(old), { force: true })
}

async function replaceFile(bundle: HeldDirectory, name: string, write: (file: number) => Promise<void>): Promise<void> {
  const partial = `${name}.partial-${randomUUID()}`
  const file = openSync(bundle.at(partial), 'wx', 0o644)
  try {
    try {
      await write(file)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(bundle.at(partial), bundle.at(name))
  } catch (error) {
    rmSync(bundle.at(partial), { force: true })
    throw error
  }
}
