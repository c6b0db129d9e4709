import { endsWork, ImageError } from '../../spec/errors.js'
import type { Warn } from '../../spec/warnings.js'

/** Counts of checked things and of faults. */
export interface Verified {
  /** Layers whose bytes agree with their digests, each counted once. */
  layers: number
  /** Images, one for each platform, whose layers agree with their configs. */
  images: number
  /** Number of faults. */
  faults: number
}

interface FaultOptions {
  warn: Warn
  isStrict: boolean
  /** True once no more work is allowed, whatever the fault. */
  isOver: () => boolean
  /** Returns a fault that reveals nothing of files outside the source. */
  concealed: (fault: unknown) => unknown
}

/** Gathers faults of images that are shown nevertheless. */
export class Faults {
  /** Digests of checked layers. */
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

  /** Warns of a fault and returns its message. @throws the fault itself if it ends the work, or if `isStrict` */
  note(found: unknown, where: string): string {
    const fault = this.#concealed(found)
    const isOfSource = fault instanceof ImageError && !ENDING.has(fault.code)
    if (!isOfSource || this.#isStrict || endsWork(fault) || this.#isOver()) throw fault
    this.#count++
    this.#warn({ code: 'BROKEN', message: fault.message, where })
    return fault.message
  }

  /** Runs a check, and returns the message of its fault, so that other checks can follow. */
  async check(where: string, work: () => Promise<void>): Promise<string | undefined> {
    try {
      await work()
      return undefined
    } catch (fault) {
      return this.note(fault, where)
    }
  }
}

/** Codes of failures that are not an image's fault. */
const ENDING: ReadonlySet<string> = new Set(['SYSTEM', 'INTERNAL', 'USAGE'])
