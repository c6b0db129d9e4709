import type { Folder } from '../../store/layout/stagedBlobs.js'
import type { TarSource } from '../../tar/write.js'

/** Where an archive goes that is being written. */
export interface Output extends AsyncDisposable {
  /** Whether an archive that was written can be replaced by another: then the sizes of its entries may be guessed. */
  readonly canRewrite: boolean
  /** A directory for what has to wait, on the disk that the archive goes to; made when it is first asked for. */
  spool(): Promise<Folder>
  /** Writes an archive: all of it, its end included. */
  write(entries: readonly TarSource[]): Promise<void>
  /** Makes the archive visible, whole and on the disk. Disposing without it leaves nothing. */
  commit(): Promise<void>
  /** Bytes that were written so far. */
  readonly bytesWritten: number
}
