import { ImageError } from '../spec/errors.js'
import { familiarName } from '../spec/reference.js'

/** A name, and what it stands for. */
export interface Claimant {
  name: string
  /** Digest. */
  content: string
  /** What tells an entry of a flat index from its neighbours; undefined if it says none. */
  platform: string | undefined
}

/**
 * One name may stand for several platforms, as entries of a flat index do; never for two images of one platform.
 * @throws ImageError FORMAT
 */
export function assertNoRivals(claimants: Iterable<Claimant>): void {
  const owners = new Map<string, Claimant[]>()
  for (const claimant of claimants) {
    const others = owners.get(claimant.name) ?? []
    if (others.some((other) => other.content === claimant.content && other.platform === claimant.platform)) continue
    const rival = others.find((other) => isRival(other, claimant))
    if (rival !== undefined) throw twoImages(rival, claimant)
    others.push(claimant)
    owners.set(claimant.name, others)
  }
}

function isRival(one: Claimant, other: Claimant): boolean {
  if (one.content === other.content) return false
  return one.platform === undefined || other.platform === undefined || one.platform === other.platform
}

function twoImages({ name, content }: Claimant, other: Claimant): ImageError {
  return new ImageError('FORMAT', 'one name for two different images', {
    where: familiarName(name),
    found: `${content} and ${other.content}`,
    hint: 'readers differ in which one they take; select one by its digest and give it a --tag',
  })
}
