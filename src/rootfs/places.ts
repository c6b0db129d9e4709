import { isSystemError } from '../spec/errors.js'
import type { Calls, Name } from './calls.js'
import type { Directories, Directory } from './directories.js'
import { removeTree } from './remove.js'
import type { Walker } from './walker.js'

/** The circumstances of {@link Places}. */
interface Site {
  calls: Calls
  directories: Directories
  walker: Walker
}

/** The names below a root that objects get. What has a name already goes, with all that is below it. */
export class Places {
  readonly #calls: Calls
  readonly #directories: Directories
  readonly #walker: Walker
  /** The last directory that was asked for. */
  #last: { path: string; directory: Directory } | undefined

  constructor({ calls, directories, walker }: Site) {
    this.#calls = calls
    this.#directories = directories
    this.#walker = walker
  }

  /** Returns the directory at a path, which is made if it is missing; entries of one directory mostly follow each other. */
  directoryAt(names: readonly Name[]): Directory {
    const path = names.join('/')
    if (this.#last?.path === path && this.#last.directory.isThere) return this.#last.directory
    const directory = this.#walker.make(names, (at, name) => this.clear(at, name))
    this.#last = { path, directory }
    return directory
  }

  /** To be called when links may have changed: a path may lead elsewhere. */
  forget(): void {
    this.#last = undefined
  }

  /** Makes an object; if its name is taken, removes what has it. */
  fill<T>(at: Directory, name: Name, make: (directory: number) => T): T {
    try {
      return make(this.#directories.fileOf(at))
    } catch (error) {
      if (!isSystemError(error, 'EEXIST')) throw error
      this.clear(at, name)
      return make(this.#directories.fileOf(at))
    }
  }

  /** Removes what has a name. */
  clear(at: Directory, name: Name): void {
    // A link on the path of the last directory may be what goes.
    this.forget()
    if (!this.clearDirectory(at, name)) removeTree(this.#calls, this.#directories.fileOf(at), name)
  }

  /** Removes the known directory of a name; returns false if there is none. */
  clearDirectory(at: Directory, name: Name): boolean {
    const directory = this.#directories.childOf(at, name)
    if (directory === undefined) return false
    // Such a link may be in it.
    this.forget()
    this.#directories.forget(directory)
    removeTree(this.#calls, this.#directories.fileOf(at), directory.name)
    return true
  }
}
