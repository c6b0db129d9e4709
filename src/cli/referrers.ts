import type { Described } from '../image/describe/described.js'

/** An image that a source lists, its position there, and its depth in the printed tree. */
export interface Shown {
  image: Described
  at: number
  depth: number
}

/** The greatest depth that fits a page; referrers further down stand beside each other. */
const DEEPEST = 8

/** The images of a source as a tree: referrers stand below their subjects. Each image is returned once. */
export class Referrers {
  readonly #roots: Shown[] = []
  readonly #below = new Map<string, Omit<Shown, 'depth'>[]>()

  constructor(images: readonly Described[]) {
    const shown = new Set(images.flatMap(digestsIn))
    for (const [at, image] of images.entries()) {
      const { about, digest } = image
      if (about === null || about === digest || !shown.has(about)) this.#roots.push({ image, at, depth: 0 })
      else this.#add(about, { image, at })
    }
  }

  /** Returns the images at the top; at the end, those that no image above them took. */
  *take(): Iterable<Shown> {
    yield* this.#roots
    for (const about of this.#below.keys()) yield* this.takeBelow(about, -1)
  }

  /** Returns the referrers of this digest that were not returned before. */
  takeBelow(digest: string | null, depth: number): Shown[] {
    if (digest === null || depth >= DEEPEST) return []
    const found = this.#below.get(digest) ?? []
    this.#below.delete(digest)
    return found.map((listed) => ({ ...listed, depth: depth + 1 }))
  }

  #add(about: string, listed: Omit<Shown, 'depth'>): void {
    const known = this.#below.get(about)
    if (known === undefined) this.#below.set(about, [listed])
    else known.push(listed)
  }
}

/** Returns the digests of an image and of everything that it lists. */
function digestsIn({ digest, manifests }: Described): string[] {
  return [...(digest === null ? [] : [digest]), ...manifests.flatMap(digestsIn)]
}
