import { ImageError } from '../spec/errors.js'
import { familiarName } from '../spec/reference.js'

/** A name and the content that it stands for. */
export interface Claimant<C = unknown> {
  name: string
  /** Digest. */
  content: string
  /** Platform of an entry of a flat index; undefined if not stated. */
  platform: string | undefined
  /** The image that has the name. */
  image?: C
}

/**
 * Checks that no name stands for two images of one platform. It may stand for several platforms, as in a flat index.
 * @throws ImageError FORMAT
 */
export function assertNoConflict(claimants: Iterable<Claimant>): void {
  for (const [rival, claimant] of nameConflicts(claimants)) throw nameConflict(rival, claimant)
}

/** Yields each claimant whose name belongs to another image already, after the first such rival. */
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

/** Claimants of one name that are not rivals. It finds a newcomer's rival in constant time. */
class Owners<C> {
  /** The first claimant of each platform, in order; under `undefined` the first without a platform. */
  readonly #byPlatform = new Map<string | undefined, Claimant<C>>()
  #first: Claimant<C> | undefined
  /** The first claimant whose content differs from that of `#first`. */
  #other: Claimant<C> | undefined

  add(claimant: Claimant<C>): void {
    const { platform, content } = claimant
    this.#first ??= claimant
    if (content !== this.#first.content) this.#other ??= claimant
    if (!this.#byPlatform.has(platform)) this.#byPlatform.set(platform, claimant)
  }

  /**
   * Returns the first claimant with other content and the same platform or none. A claimant without a platform rivals
   * all others.
   */
  rivalOf({ platform, content }: Claimant<C>): Claimant<C> | undefined {
    if (platform === undefined) return this.#first?.content === content ? this.#other : this.#first
    // Claimants of one platform have one content; if one has no platform, all have. The first one then stands for the
    // rest.
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

/** Returns the failure for two images of one name. */
export function nameConflict({ name, content }: Claimant, other: Claimant): ImageError {
  return new ImageError('FORMAT', 'one name for two different images', {
    where: familiarName(name),
    found: `${content} and ${other.content}`,
    hint: 'readers disagree on which one to use; select one by its digest and give it a --tag',
  })
}
