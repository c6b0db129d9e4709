import { readUpTo } from '../io/smallFile.js'
import { ImageError } from '../spec/errors.js'
import type { Calls, Name } from './calls.js'
import { Directories, type Directory, pathOf } from './directories.js'
import { shown, stepsIn } from './names.js'
import { procCalls } from './procCalls.js'
import { Walker } from './walker.js'

/** Links to follow at the end of a path, as many as Linux follows. */
const MOST_LINKS = 40

/**
 * Reads files below a root directory as a process whose root it is would: links are resolved within it. Only regular
 * files are opened, so that nothing waits.
 */
export class RootReader implements Disposable {
  readonly #calls: Calls = procCalls
  readonly #directories: Directories
  readonly #walker: Walker

  /** @param path of the root directory; no link */
  constructor(path: string) {
    this.#directories = new Directories(this.#calls, this.#calls.openRoot(path))
    this.#walker = new Walker(this.#calls, this.#directories)
  }

  /**
   * Returns the content of a regular file; undefined if there is none.
   * @param path from the root, with or without a leading slash
   * @throws ImageError UNSAFE for more bytes than the limit, and for too many links
   */
  read(path: string, limit: number): Buffer | undefined {
    const place = this.#find(stepsIn(path))
    if (place === undefined) return undefined
    const file = this.#calls.openToRead(this.#directories.fileOf(place.directory), place.name)
    if (file === undefined) return undefined
    try {
      const bytes = readUpTo(file, limit + 1)
      if (bytes.length <= limit) return bytes
      throw new ImageError('UNSAFE', 'the file is too large', { where: path, expected: `at most ${limit} bytes` })
    } finally {
      this.#calls.close(file)
    }
  }

  /** Returns the kind of the object at a path, without following a link at its end; undefined if there is none. */
  kindOf(path: string): string | undefined {
    const names = stepsIn(path)
    const name = names.pop()
    const directory = name === undefined ? undefined : this.#walker.find(names)
    if (directory === undefined || name === undefined) return undefined
    return this.#calls.look(this.#directories.fileOf(directory), name)?.kind
  }

  [Symbol.dispose](): void {
    this.#directories.closeAll()
    this.#calls.close(this.#directories.root.file)
  }

  /** Returns where an object is, with links at the end of its path followed. */
  #find(steps: readonly Name[]): { directory: Directory; name: Name } | undefined {
    let left = [...steps]
    for (let links = 0; links <= MOST_LINKS; links++) {
      const name = left.pop()
      const directory = name === undefined ? undefined : this.#walker.find(left)
      if (directory === undefined || name === undefined || name === '..') return undefined
      const file = this.#directories.fileOf(directory)
      const found = this.#calls.look(file, name)
      if (found?.kind !== 'symlink') return { directory, name }
      const target = this.#calls.readLink(file, name)
      left = [...(target.startsWith('/') ? [] : pathOf(directory)), ...stepsIn(target)]
    }
    throw new ImageError('UNSAFE', 'too many links on a path', {
      where: shown(steps.join('/')),
      expected: `at most ${MOST_LINKS} links`,
    })
  }
}
