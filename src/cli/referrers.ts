import type { Described } from '../image/describe/described.js'

/** What a source lists, its position there, and how far below others it stands. */
export interface Shown {
  image: Described
  at: number
  depth: number
}

/** So far down a page can be read; what is further down stands beside the others. */
const DEEPEST = 8

/** What a source lists, as a tree: what is about something else stands below that. Each is taken once. */
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

  /** Returns what stands at the top; in the end what nothing above it took. */
  *take(): Iterable<Shown> {
    yield* this.#roots
    for (const about of this.#below.keys()) yield* this.takeBelow(about, -1)
  }

  /** Returns what is about this and was not returned before. */
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

/** Digests of an image and of all that it lists. */
function digestsIn({ digest, manifests }: Described): string[] {
  return [...(digest === null ? [] : [digest]), ...manifests.flatMap(digestsIn)]
}
