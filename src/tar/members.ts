import { Budget } from '../spec/budget.js'
import { ImageError } from '../spec/errors.js'
import type { TarEntry } from './entry.js'
import { Links } from './links.js'
import { assertLength, cleanPath, partsOf } from './paths.js'

/**
 * More entries than any archive of images has; a larger table would be an attack in itself. A layout with this many
 * blobs exceeds the budget of paths first.
 */
const MOST_ENTRIES = 500_000

/** Several entries of one path. */
interface Repeated<E> {
  entries: E[]
  files: E[]
  /** True if they have several kinds, or are links with several targets. */
  isMixed: boolean
}

/**
 * The entries of an archive by path. They are found as in a file system: through links, but never outside the archive.
 */
export class Members<E extends TarEntry> {
  readonly #entries = new Map<string, E>()
  /** Entries of repeated paths. */
  readonly #repeated = new Map<string, Repeated<E>>()
  readonly #links: Links
  readonly #budget: Pick<Budget, 'paths' | 'steps'>
  #count = 0

  constructor(budget: Pick<Budget, 'paths' | 'steps'> = new Budget()) {
    this.#budget = budget
    this.#links = new Links(budget)
  }

  /**
   * Adds an entry. Returns false if its path leads out of the archive, so that nothing can name it.
   * @throws ImageError UNSAFE for too long a path, and for too many entries
   */
  add(entry: E): boolean {
    assertLength(entry.path)
    if (++this.#count > MOST_ENTRIES)
      throw new ImageError('UNSAFE', `the archive has more than ${MOST_ENTRIES} entries`, {
        hint: 'no known archive of images needs as many; split it, or select images when you save it',
      })
    const path = cleanPath(entry.path)
    if (path === undefined) {
      this.#budget.paths.take(entry.path.length)
      return false
    }
    const same = this.#entries.get(path)
    const isKept = same === undefined || entry.type === 'file' || !isAlike(entry, same)
    if (!isKept) return true
    const { linkTarget = '' } = entry
    this.#budget.paths.take(path.length + linkTarget.length + (path === entry.path ? 0 : entry.path.length))
    if (same === undefined) this.#entries.set(path, entry)
    else this.#repeat(path, same, entry)
    if (entry.linkTarget !== undefined) this.#links.add(path, entry)
    return true
  }

  #repeat(path: string, first: E, entry: E): void {
    const known = this.#repeated.get(path) ?? { entries: [first], files: filesOf([first]), isMixed: false }
    known.entries.push(entry)
    if (entry.type === 'file') known.files.push(entry)
    known.isMixed ||= !isAlike(entry, first)
    if (known.isMixed) this.#links.addMixed(path)
    this.#repeated.set(path, known)
  }

  /** Returns the cleaned paths of all entries. */
  paths(): IterableIterator<string> {
    return this.#entries.keys()
  }

  /** Returns the first entry of exactly this path, of any kind. */
  at(path: string): E | undefined {
    return this.#entries.get(path)
  }

  /**
   * Returns the regular files at a path, links followed: none, one, or several if the archive repeats it. Repeated
   * files are the same list on every call.
   * @throws ImageError UNSAFE for a path or link out of the archive, and for circular links
   */
  find(path: string): readonly E[] {
    const real = this.#links.follow(partsOf(path, path), {
      where: path,
      onMixed: (mixed) => assertAlike(this.#repeated.get(mixed)?.entries ?? [], path),
    })
    const repeated = this.#repeated.get(real)
    if (repeated !== undefined) return repeated.files
    const only = this.#entries.get(real)
    return only === undefined ? [] : filesOf([only])
  }
}

function filesOf<E extends TarEntry>(entries: E[]): E[] {
  return entries.filter(({ type }) => type === 'file')
}

/** True if two entries of one path are interchangeable, except for a file's content. */
function isAlike(one: TarEntry, other: TarEntry): boolean {
  return one.type === other.type && one.linkTarget === other.linkTarget
}

function assertAlike(entries: readonly TarEntry[], where: string): never {
  throw new ImageError('FORMAT', 'the archive has a path more than once, as different things', {
    where,
    found: [...new Set(entries.map(({ type, linkTarget = '' }) => `${type} ${linkTarget}`.trim()))].join(', '),
    hint: 'readers disagree on which one to use; make the archive again',
  })
}
