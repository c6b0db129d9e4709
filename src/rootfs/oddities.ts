/** What an unpacked file system or a new layer lacks, or has beyond what is safe to use everywhere. */
export type Oddity =
  | 'xattr left out'
  | 'host attribute'
  | 'device left out'
  | 'time rounded'
  | 'time out of range'
  | 'owner not recorded'
  | 'overlay attribute'
  | 'device for overlays'
  | 'aufs file'
  | 'runtime link'
  | 'socket left out'
  | 'mount left out'
  | 'xattr not packed'
  | 'xattr not readable'
  | 'file changed'

/** How often something was met, and where first. */
export interface Count {
  oddity: Oddity
  count: number
  /** The path, as people read it. */
  first: string
}

/** Counts oddities: there may be one for each of a million files. */
export class Oddities {
  readonly #counts = new Map<Oddity, Count>()

  add(oddity: Oddity, path: string): void {
    const known = this.#counts.get(oddity)
    if (known === undefined) this.#counts.set(oddity, { oddity, count: 1, first: path })
    else known.count++
  }

  list(): Count[] {
    return [...this.#counts.values()]
  }
}
