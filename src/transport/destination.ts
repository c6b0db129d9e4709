import type { ImageReport } from '../image/report.js'
import type { NamedEntry } from '../image/stored.js'
import type { Index } from '../spec/parse.js'
import type { BlobPool } from '../store/blobs.js'

/** A place to write images to. Content goes into the pool first; then one step makes the images visible. */
export interface Destination extends AsyncDisposable {
  pool: BlobPool
  /** The repository of bare tags there; undefined if there is none. */
  readonly repository: string | undefined
  /** Number of bytes written until now. */
  readonly bytesWritten: number
  /** Makes the images visible, all or none, and returns their reports. */
  finish(arrival: Arrival): Promise<ImageReport[]>
}

/** The images that have arrived in the pool. */
export interface Arrival {
  /** The images, under the names that the user wants. */
  entries: readonly NamedEntry[]
  /** True if the names differ from those in the source. */
  isRenamed: boolean
  /** Digests of unwanted content that indexes of the images list. It may have arrived nevertheless. */
  leftOut: ReadonlySet<string>
  /** The source's index without its entries; undefined if it had none. */
  shell: Index | undefined
}
