import { ImageError } from '../spec/errors.js'
import type { TarEntry } from './entry.js'
import { pathParts } from './paths.js'

/** As many links as are followed to find one member; Linux follows as many. */
const MOST_LINKS = 40

/** As long as a path can be on Linux. */
const MOST_LENGTH = 4096

/** More entries than any archive of images has; beyond this the table itself would be the attack. */
const MOST_ENTRIES = 1_000_000

/** The entries of an archive by path, found as a file system would find them: through links, but never out of it. */
export class Members<E extends TarEntry> {
  readonly #entries = new Map<string, E[]>()
  #count = 0

  /** Adds an entry; false if its path leads out of the archive, so that nothing can name it. */
  add(entry: E): boolean {
    if (entry.path.length > MOST_LENGTH) throw tooLong()
    const parts = pathParts(entry.path)
    if (++this.#count > MOST_ENTRIES)
      throw new ImageError('UNSAFE', `the archive has more than ${MOST_ENTRIES} entries`)
    if (parts === undefined) return false
    const path = parts.join('/')
    const same = this.#entries.get(path)
    if (same === undefined) this.#entries.set(path, [entry])
    else if (entry.type === 'file' || !isAlike(entry, same[0])) same.push(entry)
    return true
  }

  /** Cleaned paths of all entries. */
  paths(): IterableIterator<string> {
    return this.#entries.keys()
  }

  /**
   * The regular files that a path names, links followed: none, one, or several if the archive has it more than once.
   * @throws ImageError UNSAFE for a path or link that leads out of the archive, or links that go round
   */
  find(path: string): readonly E[] {
    let links = 0
    let done: string[] = []
    const todo = partsOf(path, path)
    for (let part = todo.shift(); part !== undefined; part = todo.shift()) {
      if (part === '..') {
        if (done.pop() === undefined) throw leadsOut(path, todo.join('/'))
        continue
      }
      const here = [...done, part]
      const entry = one(this.#entries.get(here.join('/')) ?? [], path)
      const target = entry?.linkTarget
      if (target === undefined) {
        done = here
        continue
      }
      if (++links > MOST_LINKS) throw new ImageError('UNSAFE', 'links go round', { where: path })
      todo.unshift(...partsOf(target, path))
      if (entry?.type === 'hardlink' || target.startsWith('/')) done = []
    }
    return (this.#entries.get(done.join('/')) ?? []).filter(({ type }) => type === 'file')
  }
}

/** Whether it makes no difference which of two entries of one path is taken, but for a file's content. */
function isAlike(one: TarEntry, other: TarEntry | undefined): boolean {
  return one.type === other?.type && one.linkTarget === other.linkTarget
}

/** The entry of a path; of several any, since they are of one kind and links of one target. */
function one<E extends TarEntry>(entries: readonly E[], where: string): E | undefined {
  const [first, ...others] = entries
  if (others.every((other) => isAlike(other, first))) return first
  throw new ImageError('FORMAT', 'the archive has a path more than once, as different things', {
    where,
    found: [...new Set(entries.map(({ type, linkTarget = '' }) => `${type} ${linkTarget}`.trim()))].join(', '),
    hint: 'readers differ in which one they take; make the archive again',
  })
}

function tooLong(): ImageError {
  return new ImageError('UNSAFE', `a path has more than ${MOST_LENGTH} characters`)
}

/** Parts of a path that is yet to be followed: `..` stays, since it leaves where links led, not where the text was. */
function partsOf(path: string, where: string): string[] {
  if (path.includes('\0')) throw new ImageError('UNSAFE', 'a path has a NUL', { where })
  if (path.length > MOST_LENGTH) throw tooLong()
  return path.split('/').filter((part) => part !== '' && part !== '.')
}

function leadsOut(path: string, rest: string): ImageError {
  return new ImageError('UNSAFE', 'leads out of the archive', {
    where: path,
    ...(rest === '' ? {} : { found: `../${rest}` }),
  })
}
