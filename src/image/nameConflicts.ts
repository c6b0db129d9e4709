import { ImageError } from '../spec/errors.js'
import { familiarName } from '../spec/reference.js'

/** A name, and what it stands for. */
export interface Claimant<C = unknown> {
  name: string
  /** Digest. */
  content: string
  /** What tells an entry of a flat index from its neighbours; undefined if it says none. */
  platform: string | undefined
  /** Who has the name. */
  candidate?: C
}

/**
 * One name may stand for several platforms, as entries of a flat index do; never for two images of one platform.
 * @throws ImageError FORMAT
 */
export function assertNoConflict(claimants: Iterable<Claimant>): void {
  for (const [rival, claimant] of nameConflicts(claimants)) throw nameConflict(rival, claimant)
}

/** Claimants that have a name of which another one is another image, each with the first such one before it. */
export function* nameConflicts<C>(claimants: Iterable<Claimant<C>>): Iterable<[Claimant<C>, Claimant<C>]> {
  const owners = new Map<string, Owners<C>>()
  for (const claimant of claimants) {
    const others = owners.get(claimant.name) ?? new Owners<C>()
    const rival = others.rivalOf(claimant)
    if (rival !== undefined) yield [rival, claimant]
    else others.add(claimant)
    owners.set(claimant.name, others)
  }
}

/** Claimants of one name, none of which is another's rival; in constant time which of them a newcomer is up against. */
class Owners<C> {
  /** The first of each platform, in their order; under undefined the first that says none. */
  readonly #byPlatform = new Map<string | undefined, Claimant<C>>()
  #first: Claimant<C> | undefined
  /** The first of other content than the first. */
  #other: Claimant<C> | undefined

  add(claimant: Claimant<C>): void {
    const { platform, content } = claimant
    this.#first ??= claimant
    if (content !== this.#first.content) this.#other ??= claimant
    if (!this.#byPlatform.has(platform)) this.#byPlatform.set(platform, claimant)
  }

  /** The first that has other content, and the same platform or none; to a claimant without a platform all are of its own. */
  rivalOf({ platform, content }: Claimant<C>): Claimant<C> | undefined {
    if (platform === undefined) return this.#first?.content === content ? this.#other : this.#first
    // Of one platform all have one content, and all do once one says no platform: then the first of all is as good.
    const [open, same] = [this.#byPlatform.get(undefined), this.#byPlatform.get(platform)]
    if (open !== undefined) return open.content === content ? undefined : this.#firstOf(open, same)
    return same?.content === content ? undefined : same
  }

  #firstOf(one: Claimant<C>, other: Claimant<C> | undefined): Claimant<C> {
    if (other === undefined) return one
    for (const claimant of this.#byPlatform.values()) if (claimant === one || claimant === other) return claimant
    return one
  }
}

/** The failure of two images of one name. */
export function nameConflict({ name, content }: Claimant, other: Claimant): ImageError {
  return new ImageError('FORMAT', 'one name for two different images', {
    where: familiarName(name),
    found: `${content} and ${other.content}`,
    hint: 'readers differ in which one they take; select one by its digest and give it a --tag',
  })
}
