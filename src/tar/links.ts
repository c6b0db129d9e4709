import type { Budget } from '../spec/budget.js'
import { ImageError } from '../spec/errors.js'
import type { TarEntry } from './entry.js'
import { partsOf } from './paths.js'

/** Maximum number of links to one member, as on Linux. */
const MOST_LINKS = 40

/** The target of a path, and the number of links on the way. */
interface Followed {
  real: string
  links: number
}

/** A path being followed, and a callback. */
interface Follower {
  /** The whole path, for messages. */
  where: string
  /** Called when the path leads through entries of several kinds. */
  onMixed: (path: string) => never
}

/**
 * The links of an archive and their targets. Each link and each named directory is followed once, however many paths
 * lead through it.
 */
export class Links {
  readonly #targets = new Map<string, TarEntry>()
  readonly #mixed = new Set<string>()
  readonly #followed = new Map<string, Followed>()
  readonly #directories = new Map<string, Followed>()
  readonly #budget: Pick<Budget, 'paths' | 'steps'>

  constructor(budget: Pick<Budget, 'paths' | 'steps'>) {
    this.#budget = budget
  }

  /** Adds a link at this clean path. */
  add(path: string, link: TarEntry): void {
    this.#targets.set(path, link)
    this.#forget()
  }

  /** Notes a path with entries of several kinds. Nothing can be found through it. */
  addMixed(path: string): void {
    this.#mixed.add(path)
    this.#forget()
  }

  #forget(): void {
    this.#followed.clear()
    this.#directories.clear()
  }

  /**
   * Returns the path that the parts lead to, with all links followed as in a file system.
   * @throws ImageError UNSAFE for paths out of the archive and circular links
   */
  follow(parts: readonly string[], follower: Follower): string {
    const walk = new Walk(follower.where)
    const hasNone = this.#targets.size + this.#mixed.size === 0
    if (hasNone && !parts.includes('..')) return parts.join('/')
    const last = parts.slice(-1)
    const directory = this.#directory(parts.slice(0, -1), follower)
    walk.pass(directory.links)
    return this.#walk(directory.real, last, { ...follower, walk })
  }

  #directory(parts: readonly string[], follower: Follower): Followed {
    const path = parts.join('/')
    const known = this.#directories.get(path)
    if (known !== undefined) return known
    const walk = new Walk(follower.where)
    this.#budget.steps.take(parts.length)
    const followed = { real: this.#walk('', parts, { ...follower, walk }), links: walk.links }
    this.#budget.paths.take(path.length)
    this.#directories.set(path, followed)
    return followed
  }

  #walk(start: string, parts: readonly string[], walker: Walker): string {
    let at = start
    for (const [index, part] of parts.entries()) {
      if (part === '..') {
        if (at === '') throw leadsOut(walker.where, parts.slice(index + 1))
        at = parentOf(at)
        continue
      }
      const here = at === '' ? part : `${at}/${part}`
      if (this.#mixed.has(here)) walker.onMixed(here)
      const link = this.#targets.get(here)
      at = link === undefined ? here : this.#follow(here, link, walker)
    }
    return at
  }

  #follow(here: string, { type, linkTarget = '' }: TarEntry, walker: Walker): string {
    const known = this.#followed.get(here)
    walker.walk.pass(known?.links ?? 1)
    if (known !== undefined) return known.real
    const before = walker.walk.links
    const isFromRoot = type === 'hardlink' || linkTarget.startsWith('/')
    const parts = partsOf(linkTarget, walker.where)
    this.#budget.steps.take(parts.length)
    const real = this.#walk(isFromRoot ? '' : parentOf(here), parts, walker)
    this.#followed.set(here, { real, links: walker.walk.links - before + 1 })
    return real
  }
}

type Walker = Follower & { walk: Walk }

/** Counts the links to one member. */
class Walk {
  links = 0
  readonly #where: string

  constructor(where: string) {
    this.#where = where
  }

  pass(links: number): void {
    this.links += links
    if (this.links > MOST_LINKS) throw new ImageError('UNSAFE', 'the links are circular', { where: this.#where })
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

function leadsOut(path: string, rest: readonly string[]): ImageError {
  return new ImageError('UNSAFE', 'leads out of the archive', {
    where: path,
    ...(rest.length === 0 ? {} : { found: `../${rest.join('/')}` }),
  })
}
