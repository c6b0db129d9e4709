import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { invariant } from '../spec/errors.js'

/** The path where Linux shows the open files of a process. */
const DESCRIPTORS = '/proc/self/fd'

/** Options for opening a directory. */
export interface HoldOptions {
  /** The path that shows open files; for systems without one, and for tests. */
  descriptors?: string
}

/**
 * A directory that is held open. Paths through it stay in this very directory, even if somebody puts another directory
 * or a link in its place. On a system without paths to open files (macOS), the directory is reached by its own path.
 */
export class HeldDirectory implements Disposable {
  /** The path by which it was opened, for messages. */
  readonly path: string
  /** True if paths through it cannot lead elsewhere. */
  readonly isHeld: boolean
  readonly #file: number
  readonly #base: string
  #isOpen = true

  private constructor(file: number, path: string, descriptors: string) {
    this.path = path
    this.isHeld = existsSync(descriptors)
    this.#file = file
    this.#base = this.isHeld ? join(descriptors, `${file}`) : path
  }

  /** Opens the directory that a user named. Links on the way are followed as far as the system allows. */
  static open(path: string, { descriptors = DESCRIPTORS }: HoldOptions = {}): HeldDirectory {
    return new HeldDirectory(openSync(path, constants.O_RDONLY | constants.O_DIRECTORY), path, descriptors)
  }

  /** Opens a directory in this one. A link in its place is a system error (ENOTDIR, ELOOP). */
  openWithin(name: string): HeldDirectory {
    const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
    const descriptors = this.isHeld ? join(this.#base, '..') : ''
    return new HeldDirectory(openSync(this.at(name), flags), join(this.path, name), descriptors)
  }

  /** Returns a path through this directory to an entry in it. */
  at(...names: string[]): string {
    // After closing, the number may be another file's.
    invariant(this.#isOpen, 'a directory is used while it is open')
    return join(this.#base, ...names)
  }

  names(): string[] {
    return readdirSync(this.at())
  }

  stat(): Stats {
    return fstatSync(this.#file)
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) closeSync(this.#file)
    this.#isOpen = false
  }
}
