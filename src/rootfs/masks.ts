import type { Calls, Name } from './calls.js'
import type { Directories } from './directories.js'
import { pathOf } from './directories.js'
import { namesIn, stepsIn } from './names.js'
import { Walker } from './walker.js'

/** Links to follow at the end of a path, as many as Linux follows. */
const MOST_LINKS = 40

/** Paths below which nothing is looked at. */
export class Masks {
  readonly #paths = new Set<string>()

  /** Masks a path and all below it; a binary string from the root. */
  add(path: string): void {
    this.#paths.add(namesIn(path).join('/'))
  }

  /** Masks the place, too, that a path leads to within the root, with all links on it followed. */
  addReal(path: string, { calls, directories }: { calls: Calls; directories: Directories }): void {
    this.add(path)
    const place = placeOf(namesIn(path), calls, directories)
    if (place !== undefined) this.#paths.add(place.join('/'))
  }

  /** True for a masked path, and for all below one. */
  has(path: string): boolean {
    if (this.#paths.size === 0) return false
    if (path === '.') return this.#paths.has('')
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (this.#paths.has(path.slice(0, end))) return true
    }
    return this.#paths.has('')
  }
}

/** Returns the names from the root to what a path leads to; undefined where a directory on the way is missing. */
function placeOf(path: readonly Name[], calls: Calls, directories: Directories): Name[] | undefined {
  const walker = new Walker(calls, directories)
  let left = [...path]
  for (let links = 0; links <= MOST_LINKS; links++) {
    const name = left.pop()
    if (name === undefined) return []
    const directory = walker.findIfAny(left)
    if (directory === undefined) return undefined
    if (name === '..') return pathOf(directory.parent ?? directory)
    const file = directories.fileOf(directory)
    const at = pathOf(directory)
    if (calls.look(file, name)?.kind !== 'symlink') return [...at, name]
    const target = calls.readLink(file, name)
    left = [...(target.startsWith('/') ? [] : at), ...stepsIn(target)]
  }
  return undefined
}
