import { ImageError } from './errors.js'

const MiB = 1024 * 1024

/** How much of one kind a run may take; what is given back may be taken again. */
class Allowance {
  readonly #refusal: string
  readonly #unit: string
  readonly #most: number
  #taken = 0
  /** True once more was wanted than there is: then the run cannot go on, whatever of it wanted more. */
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
      hint: 'no archive of images is known to need as much; split it, or select images where it was made',
    })
  }

  give(amount: number): void {
    this.#taken -= amount
  }

  /** True if as much may be taken. */
  hasRoomFor(amount: number): boolean {
    return this.#taken + amount <= this.#most
  }
}

/**
 * What one run may take of memory and time for what others wrote, shared by all that read: little input must not become
 * much work. A source of 10,000 images with documents of 6 KB each, or of 100,000 entries, needs less.
 */
export class Budget {
  /** Bytes of JSON documents that are held. */
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
   * Parts of directories and link targets that are followed to find members, each once; and what is done again because
   * one table asks for it as often as another lists something.
   */
  readonly steps = new Allowance('what the source names takes too many steps to find', {
    most: 1_000_000,
    unit: 'steps',
  })
  /** Bytes of what is shown of images, each time it is shown. */
  readonly descriptions = new Allowance('the images have too much to show', {
    most: 128 * MiB,
    unit: 'bytes',
  })

  /** True once anything of it was refused: then what failed is not one image, but the run. */
  get isSpent(): boolean {
    return [this.documents, this.paths, this.steps, this.descriptions].some(({ isSpent }) => isSpent)
  }
}
