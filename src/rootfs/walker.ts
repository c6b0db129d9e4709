import { ImageError } from '../spec/errors.js'
import type { Calls, Name } from './calls.js'
import type { Directories, Directory } from './directories.js'
import { shown, stepsIn } from './names.js'

/** Links on one path, as many as Linux follows (path_resolution(7)). */
const MOST_LINKS = 40

/** Names on one path, with those of the links on it. */
const MOST_STEPS = 4096

interface Walk {
  path: readonly Name[]
  /** Called for a name that is no directory and no link to one; returns the directory in its place, if it makes one. */
  otherwise: (at: Directory, name: Name, isThere: boolean) => Directory | undefined
  /** Called for too many links; by default they are refused. */
  onLoop?: () => undefined
}

/**
 * Walks paths below a root one name at a time, as a process whose root it is would: links are followed within it, and
 * `..` never leaves it.
 */
export class Walker {
  readonly #calls: Calls
  readonly #directories: Directories

  constructor(calls: Calls, directories: Directories) {
    this.#calls = calls
    this.#directories = directories
  }

  /** Returns the directory at a path; undefined if there is none. @throws ImageError UNSAFE for too many links */
  find(path: readonly Name[]): Directory | undefined {
    return this.#walk({ path, otherwise: () => undefined })
  }

  /** The same, but too many links, as those that lead in circles, lead to no directory. */
  findIfAny(path: readonly Name[]): Directory | undefined {
    return this.#walk({ path, otherwise: () => undefined, onLoop: () => undefined })
  }

  /** Returns the directory at a path; makes those that are missing, and replaces what is in their place. */
  make(path: readonly Name[], replace: (at: Directory, name: Name) => void): Directory {
    const made = this.#walk({
      path,
      otherwise: (at, name, isThere) => {
        if (isThere) replace(at, name)
        return this.#directories.make(at, name)
      },
    })
    return made ?? this.#directories.root
  }

  #walk({ path, otherwise, onLoop = () => refuse(path, `${MOST_LINKS} links`) }: Walk): Directory | undefined {
    const { root, effort } = this.#directories
    // The steps to go, the next one last.
    const left = [...path].reverse()
    let current: Directory = root
    let [links, steps] = [0, 0]
    for (let step = left.pop(); step !== undefined; step = left.pop()) {
      if (++steps > MOST_STEPS) refuse(path, `${MOST_STEPS} names`)
      effort.spend()
      if (step === '..') {
        current = current.parent ?? root
        continue
      }
      const next = this.#next(current, step, otherwise)
      if (next === undefined) return undefined
      if (typeof next !== 'string') {
        current = next
        continue
      }
      if (++links > MOST_LINKS) return onLoop()
      if (next.startsWith('/')) current = root
      left.push(...stepsIn(next).reverse())
    }
    return current
  }

  /** Returns the directory of this name, or a link's target. */
  #next(at: Directory, name: Name, otherwise: Walk['otherwise']): Directory | string | undefined {
    const known = this.#directories.childOf(at, name)
    if (known !== undefined) return known
    const file = this.#directories.fileOf(at)
    const found = this.#calls.look(file, name)
    if (found?.kind === 'symlink') return this.#calls.readLink(file, name)
    if (found?.kind === 'directory') return this.#directories.add(at, name)
    return otherwise(at, name, found !== undefined)
  }
}

function refuse(path: readonly Name[], most: string): never {
  throw new ImageError('UNSAFE', 'too many links on a path', {
    where: shown(path.join('/')),
    expected: `at most ${most}`,
  })
}
