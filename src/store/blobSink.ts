import type { Descriptor, Index } from '../spec/parse.js'
import type { BlobPool } from './blobs.js'
import type { GraphWalks } from './walks.js'

/** A pool whose content is staged until `commit`, and discarded without it. */
export interface BlobSink extends BlobPool, AsyncDisposable {
  /**
   * Moves in the content that the roots reach. Then, as the last and single step, replaces the index by `update` of the
   * current one. Discards other staged content. Checks again that content from before is still there.
   * @param walks over this pool; those that were made since the last content was put need not be made again
   */
  commit(
    roots: readonly Descriptor[],
    update: (current: Index) => Index | Promise<Index>,
    walks?: GraphWalks,
  ): Promise<void>
}
