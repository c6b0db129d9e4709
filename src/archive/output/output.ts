import type { Bytes } from '../../bytes/bytes.js'
import type { Folder } from '../../store/layout/stagedBlobs.js'
import type { TarSource } from '../../tar/write.js'

/** Destination of an archive that is being written. */
export interface Output extends AsyncDisposable {
  /** True if a written archive can be replaced by another; the sizes of its entries may then be guessed. */
  readonly canRewrite: boolean
  /** Returns a directory for temporary content, on the archive's disk. It is made on the first call. */
  spool(): Promise<Folder>
  /** Writes a whole archive, including its end. */
  write(entries: readonly TarSource[]): Promise<void>
  /** Writes a tar that is made elsewhere, as it is. */
  writeTar(tar: Bytes): Promise<void>
  /** Makes the archive visible, whole and synced to the disk. Disposing without it leaves nothing. */
  commit(): Promise<void>
  /** Bytes written so far. */
  readonly bytesWritten: number
}
