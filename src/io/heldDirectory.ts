import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { invariant } from '../spec/errors.js'

/** Where Linux shows the open files of a process as paths. */
const DESCRIPTORS = '/proc/self/fd'

/** How a directory is opened. */
export interface HoldOptions {
  /** Where open files are shown as paths; for systems that have no such place, and for tests. */
  descriptors?: string
}

/**
 * A directory that is held open. What is reached through it lies in this very directory, even if somebody puts another
 * directory, or a link, in its place. A system that does not show open files as paths (macOS) offers no such way: there
 * the directory is reached by its path.
 */
export class HeldDirectory implements Disposable {
  /** For messages: the path that it was opened by. */
  readonly path: string
  /** True where what is reached through it cannot be anywhere else. */
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

  /** Opens the directory that a user named; links on the way are followed as far as the system allows. */
  static open(path: string, { descriptors = DESCRIPTORS }: HoldOptions = {}): HeldDirectory {
    return new HeldDirectory(openSync(path, constants.O_RDONLY | constants.O_DIRECTORY), path, descriptors)
  }

  /** Opens a directory in this one; a link in its place is an error of the system (ENOTDIR, ELOOP). */
  openWithin(name: string): HeldDirectory {
    const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
    const descriptors = this.isHeld ? join(this.#base, '..') : ''
    return new HeldDirectory(openSync(this.at(name), flags), join(this.path, name), descriptors)
  }

  /** A path that leads through this directory to what is called so in it. */
  at(...names: string[]): string {
    // The number may be another file's by then.
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
