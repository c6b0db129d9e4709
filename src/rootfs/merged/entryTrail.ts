import { createHash } from 'node:crypto'
import type { LayerEntry } from '../../tar/layerHeaders.js'

/** Sums up what the headers of a layer say, to know if two readings of it agree. */
export class EntryTrail {
  readonly #hash = createHash('sha256')

  add({ size, attributes }: LayerEntry): void {
    const { path, kind, target, mode, uid, gid, mtime, device, xattrs } = attributes
    const numbers = [size, mode, uid, gid, mtime.seconds, mtime.nanoseconds, device.major, device.minor, xattrs.length]
    this.#hash.update(`${kind} ${numbers.join(' ')} ${path}\0${target}\0`, 'latin1')
    for (const [name, value] of xattrs) this.#hash.update(`${value.length} ${name}\0`, 'latin1').update(value)
  }

  /** Returns the sum of all entries. */
  end(): string {
    return this.#hash.digest('hex')
  }
}
