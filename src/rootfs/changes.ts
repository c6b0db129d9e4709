import { ImageError } from '../spec/errors.js'
import type { Time } from '../tar/attributes.js'
import { differs, isSince } from './compare.js'
import { fileSum } from './fileSum.js'
import { Masks } from './masks.js'
import { mtreeEntryOf, type UnnamedEntry } from './mtreeEntry.js'
import type { MtreeFields } from './mtreeKeywords.js'
import { shown } from './names.js'
import type { Oddities } from './oddities.js'
import { isMounted, type Seen, scan, type Tree } from './scan.js'

/** A path that is not as it was. */
export type Change = { kind: 'added' | 'changed'; path: string; seen: Seen } | { kind: 'removed'; path: string }

/** How to look for changes. */
export interface Search {
  /** The recorded objects by path. The search removes each that it finds. */
  records: Map<string, MtreeFields>
  /** When the record was written: a file that did not change since then has its content still. */
  recordedAt: Time
  /** True to read the content of all files. */
  rehash: boolean
  /** Paths, binary strings from the root, below which changes do not count; nor where they lead to. */
  masked: readonly string[]
  oddities: Oddities
  /** Gets all that there is, in the order of an mtree file; absent if nobody needs it. */
  described?: DescribedObject[] | undefined
}

/** An object of an mtree file to write, or the end of a directory. */
export type DescribedObject = { seen: Seen; entry: UnnamedEntry; sha256: string | undefined } | '..'

/** Finds out what changed below a root since it was recorded. */
export class RootChanges {
  readonly #tree: Tree
  readonly #search: Search
  readonly #masks = new Masks()
  readonly #changes: Change[] = []
  /** Objects with several names, by device and inode. */
  readonly #linked = new Map<string, Seen[]>()
  /** Paths that were directories and now are something else. */
  readonly #ended = new Set<string>()
  #device: number | undefined

  constructor(tree: Tree, search: Search) {
    this.#tree = tree
    this.#search = search
    for (const path of search.masked) this.#masks.add(path)
  }

  /** Looks at everything; yields after each object, for others to have their turn. */
  *find(): Generator<void> {
    const { described } = this.#search
    for (const sight of scan(this.#tree)) {
      if (sight !== '..') this.#take(sight)
      else described?.push(sight)
      yield
    }
  }

  /** Returns the changes in the order of their paths' bytes, after all was looked at. @throws ImageError UNSAFE */
  list(): Change[] {
    for (const path of this.#search.masked) this.#masks.addReal(path, this.#tree)
    const all = [...this.#changes, ...this.#removed()].filter(({ path }) => !this.#masks.has(path))
    const paths = new Set(all.map(({ path }) => path))
    for (const seen of this.#othersOf(all)) {
      if (paths.has(seen.path) || this.#masks.has(seen.path)) continue
      paths.add(seen.path)
      all.push({ kind: 'changed', path: seen.path, seen })
    }
    return all.sort((one, other) => (one.path < other.path ? -1 : 1))
  }

  #take(seen: Seen): void {
    const { path, found } = seen
    const record = this.#search.records.get(path)
    this.#search.records.delete(path)
    this.#device ??= found.device
    if (isMounted(seen, this.#device)) this.#maskMount(path)
    else if (found.kind !== 'directory') this.#takeLinks(seen, record)
    const entry = mtreeEntryOf(seen, this.#tree)
    const sha256 = this.#judge(seen, { entry, record })
    this.#search.described?.push({ seen, entry, sha256 })
  }

  /** Notes a change, if there is one. Returns the SHA-256 of a file's content, if it is known then. */
  #judge(seen: Seen, { entry, record }: { entry: UnnamedEntry; record: MtreeFields | undefined }): string | undefined {
    const { path, found } = seen
    if (this.#masks.has(path)) return undefined
    if (found.kind === 'socket') {
      if (record === undefined) this.#search.oddities.add('socket left out', shown(path))
      else if (record.type !== 'socket') this.#changes.push({ kind: 'removed', path })
    } else if (record === undefined) this.#changes.push({ kind: 'added', path, seen })
    else {
      const hasXattrs = !this.#tree.calls.lacks.has('xattrs')
      const sha256 = differs(record, entry, hasXattrs) ? CHANGED : this.#contentOf(seen, record)
      if (sha256 === record.sha256) return sha256
      this.#changes.push({ kind: 'changed', path, seen })
    }
    return undefined
  }

  /** Returns the SHA-256 of a file: the recorded one if it cannot have changed. */
  #contentOf(seen: Seen, { sha256 }: MtreeFields): string | undefined {
    const { rehash, recordedAt } = this.#search
    if (seen.found.kind !== 'file') return sha256
    return rehash || isSince(seen.found.ctime, recordedAt) ? sumOfSeen(seen, this.#tree) : sha256
  }

  /** Masks what something is mounted on: nobody can see what is below it. */
  #maskMount(path: string): void {
    if (this.#masks.has(path)) return
    this.#masks.add(path)
    this.#search.oddities.add('mount left out', shown(path))
  }

  #takeLinks(seen: Seen, record: MtreeFields | undefined): void {
    if (record?.type === 'dir') this.#ended.add(seen.path)
    if (seen.found.links > 1) this.#link(seen)
  }

  #link(seen: Seen): void {
    const key = `${seen.found.device}:${seen.found.inode}`
    const group = this.#linked.get(key)
    if (group === undefined) this.#linked.set(key, [seen])
    else group.push(seen)
  }

  /** Returns what is gone, without what goes with a directory above it. */
  #removed(): Change[] {
    const gone = new Set(this.#search.records.keys())
    const isGone = (path: string) => gone.has(path) || this.#ended.has(path)
    const uppermost = [...gone].filter((path) => !above(path, isGone))
    return uppermost.map((path) => ({ kind: 'removed', path }))
  }

  /** Returns the other names of what has several: a layer that holds one of them holds all, or the link would break. */
  #othersOf(changes: readonly Change[]): Seen[] {
    const keys = new Set<string>()
    for (const change of changes) {
      if (change.kind === 'removed' || change.seen.found.links < 2) continue
      keys.add(`${change.seen.found.device}:${change.seen.found.inode}`)
    }
    return [...keys].flatMap((key) => this.#linked.get(key) ?? [])
  }
}

/** True if anything above a path fulfils a condition. */
function above(path: string, isSo: (above: string) => boolean): boolean {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (isSo(path.slice(0, end))) return true
  }
  return false
}

/** No SHA-256: stands for a change of something else. */
const CHANGED = 'changed'

/** Returns the SHA-256 of a file's content, in hex. @throws ImageError UNSAFE if it is no regular file any more */
export function sumOfSeen({ at, name, found, path }: Seen, { calls, access }: Tree): string {
  const file = access.open(at, name, found)
  if (file === undefined) throw swapped(path)
  try {
    return fileSum(file)
  } finally {
    calls.close(file)
  }
}

/** Returns the failure for a file in whose place another process put something else. */
export function swapped(path: string): ImageError {
  return new ImageError('UNSAFE', 'another process replaced the file meanwhile', {
    where: shown(path),
    expected: 'a regular file',
  })
}
