import type { Calls, Name } from './calls.js'
import type { Directories, Directory } from './directories.js'
import { removeTree } from './remove.js'

/**
 * Removes what lower layers have, and never what the same layer has written, in whatever order its entries come (OCI
 * image-spec, layer.md, "Whiteouts").
 */
export class Whiteouts {
  readonly #calls: Calls
  readonly #directories: Directories

  constructor(calls: Calls, directories: Directories) {
    this.#calls = calls
    this.#directories = directories
  }

  /** Notes that a layer has a directory, and therefore those above it. */
  touch(directory: Directory, layer: number): void {
    for (let at: Directory | undefined = directory; at !== undefined && at.touched < layer; at = at.parent) {
      at.touched = layer
      at.written = undefined
    }
  }

  /** Notes that a layer has an object of this name, which is no directory. Below the first there is nothing to remove. */
  written(directory: Directory, name: Name, layer: number): void {
    if (layer === 0) return
    this.touch(directory, layer)
    directory.written ??= new Set()
    directory.written.add(name)
  }

  /** Removes an object of lower layers. Of a directory that the layer has, too, only what is in it. */
  remove(directory: Directory, name: Name, layer: number): void {
    const known = this.#directories.childOf(directory, name)
    if (known !== undefined && known.touched === layer) this.empty(known, layer)
    else if (!isWritten(directory, name, layer)) {
      if (known !== undefined) this.#directories.forget(known)
      removeTree(this.#calls, this.#directories.fileOf(directory), name)
    }
  }

  /** Removes all that lower layers have in a directory. */
  empty(directory: Directory, layer: number): void {
    const left = [directory]
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      if (next.emptied === layer) continue
      next.emptied = layer
      for (const name of this.#calls.names(this.#directories.fileOf(next))) {
        const known = this.#directories.childOf(next, name)
        if (known !== undefined && known.touched === layer) left.push(known)
        else this.remove(next, name, layer)
      }
    }
  }
}

function isWritten({ touched, written }: Directory, name: Name, layer: number): boolean {
  return touched === layer && written?.has(name) === true
}
