import { randomUUID } from 'node:crypto'
import type { Name } from './calls.js'

/** The directory in which aufs kept the content of files with several names (Docker's archive/diff.go reads it, too). */
const OF_AUFS = '.wh..wh.plnk'

/**
 * Keeps the files that aufs' hard links lead to. They are no part of the image, so they have a directory with a name
 * that no image can know, until their layer ends.
 */
export class PseudoLinks {
  readonly #name: Name = `.pseudo-links-${randomUUID()}`
  /** The directory's name if it has been used since the last layer. */
  used: Name | undefined

  /** Returns where an entry is kept; undefined for one that no link leads to. */
  keep(names: readonly Name[]): Name[] | undefined {
    if (names[0] !== OF_AUFS || names.length !== 2) return undefined
    this.used = this.#name
    return [this.#name, ...names.slice(1)]
  }

  /** Returns where the target of a hard link is. */
  find(names: readonly Name[]): Name[] {
    return names[0] === OF_AUFS && this.used !== undefined ? [this.used, ...names.slice(1)] : [...names]
  }
}
