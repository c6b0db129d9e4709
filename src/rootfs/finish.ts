import { during } from '../spec/errors.js'
import type { Attributes } from '../tar/attributes.js'
import type { Calls, Found, Name } from './calls.js'
import type { Directories, Directory } from './directories.js'
import { Metadata, type Rights } from './metadata.js'
import type { MtreeEntry, MtreeStep } from './mtree.js'
import { mtreeEntryOf, type UnnamedEntry } from './mtreeEntry.js'
import { shown } from './names.js'

const EPOCH: Attributes['mtime'] = { seconds: 0, nanoseconds: 0 }

/** Attributes of a directory that no layer describes: as umoci and Docker make them, owned by the image's root. */
const IMPLIED = {
  kind: 'directory',
  target: '',
  mode: 0o755,
  uid: 0,
  gid: 0,
  device: { major: 0, minor: 0 },
  xattrs: [],
} as const

/** Returns the attributes of a directory that no layer describes. */
export function impliedAt(path: string, mtime = EPOCH): Attributes {
  return { ...IMPLIED, path, mtime, atime: mtime }
}

/**
 * Sets the attributes of all directories, from the root down; a mode that would lock their owner out is set on the way
 * back. Nothing is written into them afterwards.
 */
export class Finisher {
  readonly #rights: Rights
  readonly #calls: Calls
  readonly #directories: Directories
  readonly #metadata: Metadata

  constructor(rights: Rights, directories: Directories) {
    this.#rights = rights
    this.#calls = rights.calls
    this.#directories = directories
    this.#metadata = new Metadata(rights)
  }

  /** Finishes all directories. */
  finish(): void {
    for (const _ of this.#walk(() => []));
  }

  /**
   * Finishes all directories, and describes the whole tree meanwhile: in each directory first the other objects, then the
   * directories, both in the order of their names' bytes.
   */
  *describe(): Generator<MtreeStep> {
    yield* this.#walk((directory) => this.#objectsIn(directory))
  }

  *#walk(objectsIn: (directory: Directory) => Iterable<MtreeStep>): Generator<MtreeStep> {
    this.#countRuntimeLinks()
    const left: (Directory | { leave: Directory; mode: number | undefined })[] = [this.#directories.root]
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      if ('leave' in next) {
        if (next.mode !== undefined) this.#calls.changeModeOf(this.#directories.fileOf(next.leave), next.mode)
        yield '..'
        continue
      }
      const mode = this.#finishOne(next)
      yield this.#entryOf(next, mode)
      yield* objectsIn(next)
      left.push({ leave: next, mode })
      // Not all at once as arguments: there may be a million.
      for (const child of lastFirst(next.children)) left.push(child)
    }
  }

  /** Counts links in the place of directories on which runtimes mount: old ones followed them (CVE-2019-19921). */
  #countRuntimeLinks(): void {
    const root = this.#directories.fileOf(this.#directories.root)
    for (const name of ['dev', 'proc', 'sys']) {
      if (this.#calls.look(root, name)?.kind === 'symlink') this.#rights.oddities.add('runtime link', name)
    }
  }

  /** Returns the mode that the directory gets on the way back, if it has another for now. */
  #finishOne(directory: Directory): number | undefined {
    const { attributes } = directory
    const file = this.#directories.fileOf(directory)
    try {
      if (attributes !== undefined) return this.#metadata.setOfDirectory(file, attributes)
      // The image has no time for it: the present one in seconds, which every backend keeps.
      const { seconds } = directory.parent === undefined ? EPOCH : this.#calls.lookAt(file).mtime
      return this.#metadata.setOfDirectory(file, impliedAt(directory.name, { seconds, nanoseconds: 0 }))
    } catch (error) {
      throw during(shown(attributes?.path ?? directory.name), error)
    }
  }

  #entryOf(directory: Directory, mode: number | undefined): MtreeEntry {
    const found = this.#calls.lookAt(this.#directories.fileOf(directory))
    const seen = { at: directory, name: '.', found: mode === undefined ? found : { ...found, mode } }
    return { ...this.#described(seen), name: bytesOf(directory.name) }
  }

  *#objectsIn(directory: Directory): Generator<MtreeStep> {
    const file = this.#directories.fileOf(directory)
    const { sums } = directory
    // Each is needed once: a large tree has many.
    directory.sums = undefined
    const names = this.#calls.names(file).filter((name) => directory.children?.has(name) !== true)
    for (const name of names.sort()) {
      const found = this.#calls.look(file, name)
      if (found === undefined) continue
      const sha256 = found.kind === 'file' ? sums?.get(name) : undefined
      yield { ...this.#described({ at: directory, name, found }), name: bytesOf(name), ...(sha256 && { sha256 }) }
    }
  }

  #described(seen: { at: Directory; name: Name; found: Found }): UnnamedEntry {
    return mtreeEntryOf(seen, { calls: this.#calls, directories: this.#directories })
  }
}

function bytesOf(name: Name): Buffer {
  return Buffer.from(name, 'latin1')
}

function lastFirst(children: Directory['children']): Directory[] {
  return [...(children?.values() ?? [])].sort((one, other) => (one.name < other.name ? 1 : -1))
}
