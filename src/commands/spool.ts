import { tmpdir } from 'node:os'
import { basename, dirname, resolve } from 'node:path'
import { clearPartials, PartialDirectory } from '../bundle/partial.js'
import type { ByteSink } from '../io/callerSink.js'
import { HeldDirectory } from '../io/heldDirectory.js'
import { isPlace } from '../transport/endpoints.js'
import { descriptorIn, isStandardOutput, type Place } from '../transport/places.js'

/** A place for what can be read only once, beside a destination; in the directory for temporary files if that is a stream. */
export class Spool implements Disposable {
  readonly #near: { directory: string; base: string }
  #parent: HeldDirectory | undefined
  #partial: PartialDirectory | undefined

  constructor(to: Place | ByteSink) {
    const isFile = isPlace(to) && !isStandardOutput(to.path) && descriptorIn(to.path) === undefined
    this.#near = isFile
      ? { directory: dirname(resolve(to.path)), base: basename(resolve(to.path)) }
      : { directory: tmpdir(), base: 'transload' }
  }

  /** Returns the path of a directory that does not exist; it is removed with the spool. */
  path(): string {
    this.#parent = HeldDirectory.open(this.#near.directory)
    clearPartials(this.#parent, this.#near.base)
    this.#partial = PartialDirectory.make(this.#parent, this.#near.base)
    return this.#partial.directory.at('spool')
  }

  [Symbol.dispose](): void {
    this.#partial?.[Symbol.dispose]()
    this.#parent?.[Symbol.dispose]()
  }
}
