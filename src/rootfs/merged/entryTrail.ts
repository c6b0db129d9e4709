import { createHash } from 'node:crypto'
import type { LayerEntry } from '../../tar/layerHeaders.js'

/** Sums up what the headers of a layer say, to know if two readings of it agree. */
export class EntryTrail {
  readonly #hash = createHash('sha256')

  add({ size, attributes: { path, kind, target } }: LayerEntry): void {
    this.#hash.update(`${kind} ${size} ${path}\0${target}\0`, 'latin1')
  }

  /** Returns the sum of all entries. */
  end(): string {
    return this.#hash.digest('hex')
  }
}
