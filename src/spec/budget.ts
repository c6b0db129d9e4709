import { ImageError } from './errors.js'

const MiB = 1024 * 1024

/** An amount of one resource that a run may take. It may take again what it gave back. */
class Allowance {
  readonly #refusal: string
  readonly #unit: string
  readonly #most: number
  #taken = 0
  /** True once a request exceeded the amount. The run cannot go on then, whichever part of it asked. */
  isSpent = false

  constructor(refusal: string, { most, unit }: { most: number; unit: string }) {
    this.#refusal = refusal
    this.#unit = unit
    this.#most = most
  }

  /** @throws ImageError UNSAFE beyond the allowance */
  take(amount: number): void {
    this.#taken += amount
    if (this.#taken <= this.#most) return
    this.isSpent = true
    throw new ImageError('UNSAFE', this.#refusal, {
      expected: `at most ${this.#most} ${this.#unit}`,
      found: `${this.#taken} or more`,
      hint: 'no known archive of images needs as much; split it, or select images when you save it',
    })
  }

  give(amount: number): void {
    this.#taken -= amount
  }

  /** True if this amount may be taken. */
  hasRoomFor(amount: number): boolean {
    return this.#taken + amount <= this.#most
  }
}

/**
 * Limits on a run's memory and time for foreign input, shared by all its readers: little input must not cause much
 * work. A source of 10,000 images with documents of 6 KB each, or of 100,000 entries, needs less.
 */
export class Budget {
  /** Bytes of JSON documents in memory. */
  readonly documents = new Allowance('the JSON documents of the source take too much memory', {
    most: 64 * MiB,
    unit: 'bytes',
  })
  /** Characters of paths and link targets. */
  readonly paths = new Allowance('the paths of the source take too much memory', {
    most: 32 * MiB,
    unit: 'characters',
  })
  /**
   * Parts of directories and link targets that are followed to find members, each once. Also work that is repeated
   * because one table asks for it as often as another table lists something.
   */
  readonly steps = new Allowance('finding the content that the source names takes too many steps', {
    most: 1_000_000,
    unit: 'steps',
  })
  /** Bytes of shown descriptions, counted each time. */
  readonly descriptions = new Allowance('the descriptions of the images are too large', {
    most: 128 * MiB,
    unit: 'bytes',
  })

  /** True once a request was refused. The failure is then the run's, not an image's. */
  get isSpent(): boolean {
    return [this.documents, this.paths, this.steps, this.descriptions].some(({ isSpent }) => isSpent)
  }
}
