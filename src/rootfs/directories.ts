import { ImageError, isSystemError } from '../spec/errors.js'
import type { Attributes } from '../tar/attributes.js'
import type { Calls, Name } from './calls.js'
import { Effort } from './effort.js'

/** A directory that this process made below a root. */
export interface Directory {
  name: Name
  /** Undefined for the root. */
  parent: Directory | undefined
  children: Map<Name, Directory> | undefined
  /** The attributes that it gets at the end; undefined for one that no layer describes. */
  attributes: Attributes | undefined
  /** False once it is removed or replaced. */
  isThere: boolean
  /** The number of the last layer that has it, or anything below it. */
  touched: number
  /** The names in it that the layer `touched` has, except for directories. */
  written: Set<Name> | undefined
  /** The number of the last layer that removed all that lower ones had in it. */
  emptied: number
  /** Hex digits of the SHA-256 of the files written in it, by name; some of them may be gone. */
  sums: Map<Name, string> | undefined
  /** Its descriptor while it is open, else -1. */
  file: number
}

/** Open directories at a time; with as few as 64 open files in all, some are left for others. */
const MOST_OPEN = 24

/**
 * The directories below a root, and the most recently used of their descriptors. A directory is opened from its parent's
 * descriptor, by one name, and no link is followed.
 */
export class Directories {
  readonly root: Directory
  /** The work on paths so far. */
  readonly effort = new Effort()
  readonly #calls: Calls
  /** Open directories, the least recently used first; without the root. */
  readonly #open = new Set<Directory>()
  /** Stays open, however many others are opened. */
  #pinned: Directory | undefined

  constructor(calls: Calls, rootFile: number) {
    this.#calls = calls
    this.root = newDirectory('', undefined)
    this.root.file = rootFile
  }

  /** Returns the descriptor of a directory; valid until further ones are asked for. */
  fileOf(directory: Directory): number {
    if (directory.file >= 0) {
      this.#use(directory)
      return directory.file
    }
    const closed: Directory[] = []
    let above = directory
    for (; above.file < 0 && above.parent !== undefined; above = above.parent) closed.push(above)
    // One that is open stays so while others are opened in it: the way there may be long.
    this.#use(above)
    for (let next = closed.pop(); next !== undefined; next = closed.pop()) {
      next.file = this.#openIn(above.file, next)
      above = next
      this.#use(next)
    }
    return directory.file
  }

  /** Returns the descriptors of two directories. */
  filesOf(one: Directory, other: Directory): [number, number] {
    this.#pinned = one
    try {
      return [this.fileOf(one), this.fileOf(other)]
    } finally {
      this.#pinned = undefined
    }
  }

  /** Returns a known directory by its name in another one. */
  childOf(directory: Directory, name: Name): Directory | undefined {
    return directory.children?.get(name)
  }

  /** Makes a directory on the disk that only its owner may use, and remembers it. */
  make(parent: Directory, name: Name): Directory {
    this.#calls.makeDirectory(this.fileOf(parent), name)
    return this.add(parent, name)
  }

  /** Remembers a directory that exists. */
  add(parent: Directory, name: Name): Directory {
    const directory = newDirectory(name, parent)
    parent.children ??= new Map()
    parent.children.set(name, directory)
    return directory
  }

  /** Forgets a directory that is removed or replaced, with all below it. */
  forget(directory: Directory): void {
    directory.parent?.children?.delete(directory.name)
    const left = [directory]
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      next.isThere = false
      this.#close(next)
      for (const child of next.children?.values() ?? []) left.push(child)
    }
  }

  /** Closes all but the root. */
  closeAll(): void {
    for (const directory of this.#open) this.#close(directory)
  }

  #openIn(parent: number, { name }: Directory): number {
    this.effort.spend()
    try {
      return this.#calls.openDirectory(parent, name)
    } catch (error) {
      throw replaced(error, name)
    }
  }

  #use(directory: Directory): void {
    if (directory.parent === undefined) return
    this.#open.delete(directory)
    this.#open.add(directory)
    if (this.#open.size <= MOST_OPEN) return
    for (const oldest of this.#open) {
      if (oldest === this.#pinned) continue
      this.#close(oldest)
      return
    }
  }

  #close(directory: Directory): void {
    if (!this.#open.delete(directory)) return
    this.#calls.close(directory.file)
    directory.file = -1
  }
}

/** Returns the failure to open a directory that was there: a link, a file or nothing took its place. */
function replaced(error: unknown, name: Name): unknown {
  if (!isSystemError(error, 'ELOOP', 'ENOTDIR', 'ENOENT')) return error
  return new ImageError('UNSAFE', 'another process changed the directory meanwhile', { where: name, cause: error })
}

function newDirectory(name: Name, parent: Directory | undefined): Directory {
  return {
    name,
    parent,
    children: undefined,
    attributes: undefined,
    isThere: true,
    touched: -1,
    written: undefined,
    emptied: -1,
    sums: undefined,
    file: -1,
  }
}

/** Returns the names from the root to a directory. */
export function pathOf(directory: Directory): Name[] {
  const names: Name[] = []
  for (let at = directory; at.parent !== undefined; at = at.parent) names.push(at.name)
  return names.reverse()
}
