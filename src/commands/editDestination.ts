import type { ArchiveFormat } from '../spec/archiveFormat.js'

/** Where a changed image goes. */
export interface EditDestination {
  /**
   * Place for the changed image, as `convert` takes it: a layout directory, which is made or added to, or an archive. The
   * image itself may then be in any place, and stays. By default, it is in a layout directory and changes there.
   */
  to?: string | undefined
  /** With `to`, the format of an archive: by default `oci` for `oci-archive:`, else `docker`. */
  format?: ArchiveFormat | undefined
  /** With `to`, replaces an archive file that exists. */
  force?: boolean | undefined
}
