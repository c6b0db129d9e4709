import { constants, lchownSync, lstatSync } from 'node:fs'
import { copyFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncDirectory, syncFile } from '../../io/files.js'
import type { HeldDirectory } from '../../io/heldDirectory.js'
import { algorithmOf, type Digest } from '../../spec/digest.js'
import { isSystemError } from '../../spec/errors.js'
import { makeDirectory, removeMade, writeLayoutFile } from './layoutDirectory.js'
import { blobPath, LAYOUT_FILE } from './layoutNames.js'
import { newStagingName } from './ownNames.js'

/** Moves files into a layout before its index names them. Can take the moves back if the commit fails. */
export class Moves {
  readonly #root: HeldDirectory
  /** Undo the moves; the last one runs first. */
  readonly #steps: (() => Promise<void>)[] = []

  constructor(root: HeldDirectory) {
    this.#root = root
  }

  /**
   * Makes the directory a layout. Comes before any blob, so that the directory is a layout even if the command is
   * killed.
   */
  async addLayoutFile(staging: HeldDirectory): Promise<void> {
    if (!(await writeLayoutFile(this.#root, staging))) return
    this.own(this.#root.at(LAYOUT_FILE))
    this.#steps.push(() => rm(this.#root.at(LAYOUT_FILE), { force: true }))
  }

  async addBlob(digest: Digest, staged: string): Promise<void> {
    const path = this.#root.at(blobPath(digest))
    await this.addFolder(dirname(blobPath(digest)))
    const isNew = lstatSync(path, { throwIfNoEntry: false }) === undefined
    this.own(staged)
    await moved(staged, path)
    if (isNew) this.#steps.push(() => rm(path, { force: true }))
  }

  /** Makes a folder of the layout, with its parents, if it is missing. */
  async addFolder(name: string): Promise<void> {
    const folder = this.#root.at(name)
    const made = await makeDirectory(folder)
    if (made === undefined) return
    this.#steps.push(() => removeMade(folder, made))
    for (let path = folder; path.length >= made.length; path = dirname(path)) this.own(path)
  }

  /** Gives a new file or folder to whom the layout belongs: root may work for others. */
  own(path: string): void {
    const { uid, gid } = this.#root.stat()
    if (process.geteuid?.() !== 0 || (uid === 0 && gid === 0)) return
    lchownSync(path, uid, gid)
  }

  /** Syncs the names of blobs, also of those from before: their command may have been killed before it synced them. */
  async sync(digests: readonly Digest[]): Promise<void> {
    const folders = new Set(digests.map((digest) => `blobs/${algorithmOf(digest)}`))
    for (const folder of [...folders, 'blobs', '.']) await syncIfThere(this.#root.at(folder))
  }

  /** Removes the files that were added. Replaced files stay replaced: the old content did not match its name. */
  async takeBack(): Promise<void> {
    for (const undo of this.#steps.reverse()) await undo().catch(ignoreSystemError)
  }
}

/** Ignores failures to undo: the failure that made undoing necessary is the one to report. */
function ignoreSystemError(error: unknown): void {
  if (!isSystemError(error)) throw error
}

/** Moves a file, also to another disk, so that the new name appears in one step. */
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
