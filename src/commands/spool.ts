import { lstatSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { clearPartials, PartialDirectory } from '../bundle/partial.js'
import type { ByteSink } from '../io/callerSink.js'
import { HeldDirectory } from '../io/heldDirectory.js'
import { temporaryPath } from '../io/temporaryPath.js'
import { isPlace } from '../transport/endpoints.js'
import { descriptorIn, isStandardOutput, type Place } from '../transport/places.js'

/** A place for what can be read only once: beside a file that is written, or among temporary files for a stream. */
export class Spool implements Disposable {
  readonly #to: Place | ByteSink
  #parent: HeldDirectory | undefined
  #partial: PartialDirectory | undefined

  /** @param to what is written meanwhile */
  constructor(to: Place | ByteSink) {
    this.#to = to
  }

  /** Returns the path of a directory that does not exist; it is removed with the spool. @throws ImageError SYSTEM */
  path(): string {
    const file = fileOf(this.#to)
    const [directory, base] = file === undefined ? [temporaryPath(), 'transload'] : [dirname(file), basename(file)]
    this.#parent = HeldDirectory.open(directory)
    clearPartials(this.#parent, base)
    this.#partial = PartialDirectory.make(this.#parent, base)
    return this.#partial.directory.at('spool')
  }

  [Symbol.dispose](): void {
    this.#partial?.[Symbol.dispose]()
    this.#parent?.[Symbol.dispose]()
  }
}

/** Returns the path of the file that is written; undefined for a stream, a named pipe and a device. */
function fileOf(to: Place | ByteSink): string | undefined {
  if (!isPlace(to) || isStandardOutput(to.path) || descriptorIn(to.path) !== undefined) return undefined
  const path = resolve(to.path)
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === false ? undefined : path
}
