import { isSystemError } from '../spec/errors.js'
import type { Calls, Found, Name } from './calls.js'
import type { Directories, Directory } from './directories.js'

/** The rights that a user needs to list a directory and to look at what is in it. */
const LIST = 0o500

const READ = 0o400

/**
 * Lets a user into own directories and files that even the owner may not read, and takes it back. Root needs none of it.
 */
export class Access {
  readonly #calls: Calls
  readonly #directories: Directories
  readonly #isRoot = process.geteuid?.() === 0
  readonly #opened: { at: Directory; name: Name; mode: number }[] = []

  constructor(calls: Calls, directories: Directories) {
    this.#calls = calls
    this.#directories = directories
  }

  /** Makes a directory one that its owner may list, until the end. */
  enter(at: Directory, name: Name, { mode }: Found): void {
    if (this.#isRoot || (mode & LIST) === LIST) return
    if (this.#change(at, name, mode | LIST)) this.#opened.push({ at, name, mode })
  }

  /** Opens a file for reading; undefined if it is no regular file any more. */
  open(at: Directory, name: Name, { mode }: Found): number | undefined {
    const open = () => this.#calls.openToRead(this.#directories.fileOf(at), name)
    if (this.#isRoot || (mode & READ) !== 0 || !this.#change(at, name, mode | READ)) return open()
    try {
      return open()
    } finally {
      this.#change(at, name, mode)
    }
  }

  /** Gives all directories their modes back, the deepest first. */
  restore(): void {
    for (let last = this.#opened.pop(); last !== undefined; last = this.#opened.pop()) {
      this.#change(last.at, last.name, last.mode)
    }
  }

  /** Returns false for what belongs to somebody else, or is gone. */
  #change(at: Directory, name: Name, mode: number): boolean {
    try {
      this.#calls.changeMode(this.#directories.fileOf(at), name, mode)
      return true
    } catch (error) {
      if (isSystemError(error, 'EPERM', 'EACCES', 'ENOENT', 'ENOTDIR', 'ENOTSUP', 'EOPNOTSUPP')) return false
      throw error
    }
  }
}
