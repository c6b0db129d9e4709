import { endsWork, ImageError } from '../../spec/errors.js'
import type { Warn } from '../../spec/warnings.js'

/** What was checked, and what of it was wrong. */
export interface Verified {
  /** Layers whose bytes are what is stated, each counted once. */
  layers: number
  /** Images, one for each platform, whose layers are those that their configs name. */
  images: number
  /** How much was found wrong. */
  faults: number
}

interface FaultOptions {
  warn: Warn
  isStrict: boolean
  /** True once nothing more may be done, whatever is wrong. */
  isOver: () => boolean
  /** A fault as it may be told. */
  concealed: (fault: unknown) => unknown
}

/** Gathers what is wrong with images that are shown all the same. */
export class Faults {
  /** Digests of what was checked. */
  readonly layers = new Set<string>()
  readonly images = new Set<string>()
  #count = 0
  readonly #warn: Warn
  readonly #isStrict: boolean
  readonly #isOver: () => boolean
  readonly #concealed: (fault: unknown) => unknown

  constructor({ warn, isStrict, isOver, concealed }: FaultOptions) {
    this.#warn = warn
    this.#isStrict = isStrict
    this.#isOver = isOver
    this.#concealed = concealed
  }

  get verified(): Verified {
    return { layers: this.layers.size, images: this.images.size, faults: this.#count }
  }

  /** Tells of a fault; returns it in words. @throws the fault itself if it ends the work, or all do */
  note(found: unknown, where: string): string {
    const fault = this.#concealed(found)
    const isOfSource = fault instanceof ImageError && !ENDING.has(fault.code)
    if (!isOfSource || this.#isStrict || endsWork(fault) || this.#isOver()) throw fault
    this.#count++
    this.#warn({ code: 'BROKEN', message: fault.message, where })
    return fault.message
  }

  /** Runs a check, of which a fault does not stop the others; returns the fault in words. */
  async check(where: string, work: () => Promise<void>): Promise<string | undefined> {
    try {
      await work()
      return undefined
    } catch (fault) {
      return this.note(fault, where)
    }
  }
}

/** Codes of what is no fault of an image. */
const ENDING: ReadonlySet<string> = new Set(['SYSTEM', 'INTERNAL', 'USAGE'])
