import { constants, lstatSync } from 'node:fs'
import { copyFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncDirectory, syncFile } from '../../io/files.js'
import type { HeldDirectory } from '../../io/heldDirectory.js'
import { algorithmOf, type Digest } from '../../spec/digest.js'
import { isSystemError } from '../../spec/errors.js'
import { makeDirectory, removeMade, writeLayoutFile } from './layoutDirectory.js'
import { blobPath, LAYOUT_FILE } from './layoutFiles.js'
import { newStagingName } from './ownNames.js'

/** Moves files into a layout before its index names them. If that does not come about, they go again. */
export class Moves {
  readonly #root: HeldDirectory
  /** Undo what was done, the last first. */
  readonly #steps: (() => Promise<void>)[] = []

  constructor(root: HeldDirectory) {
    this.#root = root
  }

  /** Makes the directory a layout. Comes before any blob: whatever kills the rest, it stays one. */
  async addLayoutFile(staging: HeldDirectory): Promise<void> {
    if (!(await writeLayoutFile(this.#root, staging))) return
    this.#steps.push(() => rm(this.#root.at(LAYOUT_FILE), { force: true }))
  }

  async addBlob(digest: Digest, staged: string): Promise<void> {
    const path = this.#root.at(blobPath(digest))
    const folder = dirname(path)
    const made = await makeDirectory(folder)
    if (made !== undefined) this.#steps.push(() => removeMade(folder, made))
    const isNew = lstatSync(path, { throwIfNoEntry: false }) === undefined
    await moved(staged, path)
    if (isNew) this.#steps.push(() => rm(path, { force: true }))
  }

  /** Sends the names of blobs to the disk, also of those that were there: who put them may have been killed before that. */
  async sync(digests: readonly Digest[]): Promise<void> {
    const folders = new Set(digests.map((digest) => `blobs/${algorithmOf(digest)}`))
    for (const folder of [...folders, 'blobs', '.']) await syncIfThere(this.#root.at(folder))
  }

  /** Removes what was not there before. What it replaced stays replaced: that was not what its name said. */
  async takeBack(): Promise<void> {
    for (const undo of this.#steps.reverse()) await undo().catch(ignoreSystemError)
  }
}

/** What cannot be undone stays; what made the undoing necessary is what has to be told. */
function ignoreSystemError(error: unknown): void {
  if (!isSystemError(error)) throw error
}

/** Moves a file, in one step for whoever looks at its new name, also to another disk. */
async function moved(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!isSystemError(error, 'EXDEV')) throw error
    const passing = join(dirname(to), newStagingName())
    try {
      await copyFile(from, passing, constants.COPYFILE_EXCL)
      await syncFile(passing)
      await rename(passing, to)
    } finally {
      await rm(passing, { force: true })
    }
  }
}

async function syncIfThere(path: string): Promise<void> {
  try {
    await syncDirectory(path)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
  }
}
