import type { ImageReport } from '../image/report.js'
import type { NamedEntry } from '../image/stored.js'
import type { Index } from '../spec/parse.js'
import type { BlobPool } from '../store/blobs.js'

/** Where images go: content first, into the pool; then, in one step, what makes it visible. */
export interface Destination extends AsyncDisposable {
  pool: BlobPool
  /** What a tag without a repository is a tag of there; undefined if nothing says. */
  readonly repository: string | undefined
  /** Bytes that were written so far. */
  readonly bytesWritten: number
  /** Makes images visible, all or none, and says what they are there. */
  finish(arrival: Arrival): Promise<ImageReport[]>
}

/** What has arrived in the pool. */
export interface Arrival {
  /** The images, under the names that the user wants. */
  entries: readonly NamedEntry[]
  /** Whether these are other names than the source's. */
  isRenamed: boolean
  /** Digests of what indexes of the images list and is not taken, though it may have come by. */
  leftOut: ReadonlySet<string>
  /** What the source's index says besides its entries; undefined if it had none. */
  shell: Index | undefined
}
