import type { SparseMap } from './sparse.js'

/** Type of a tar entry, as far as archives of images need it. */
export type EntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'other'

/** One entry of a tar archive. */
export interface TarEntry {
  /** The archive's path, not cleaned. */
  path: string
  type: EntryType
  /** Bytes of content. */
  size: number
  /** For a sparse file: its segments that are stored. */
  sparse?: SparseMap
  /** For a symlink or hardlink: the archive's target, not cleaned. */
  linkTarget?: string
  /** Its type flag if unknown; such an entry is read as a file (POSIX pax, typeflag). */
  unknownType?: string
}

/** Returns the bytes of content that follow the header. */
export function storedSize({ size, sparse }: TarEntry): number {
  return sparse?.stored ?? size
}
