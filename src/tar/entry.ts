import type { SparseMap } from './sparse.js'

/** What a tar entry is, as far as archives of images care. */
export type EntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'other'

/** One entry of a tar archive. */
export interface TarEntry {
  /** As the archive has it, not cleaned. */
  path: string
  type: EntryType
  /** Bytes of content. */
  size: number
  /** Of a sparse file: what of it follows the header. */
  sparse?: SparseMap
  /** Of a symlink or hardlink, as the archive has it. */
  linkTarget?: string
  /** Its type flag, where nobody knows that one: it is read as a file then (POSIX pax, typeflag). */
  unknownType?: string
}

/** Bytes of content that follow the header. */
export function storedSize({ size, sparse }: TarEntry): number {
  return sparse?.stored ?? size
}
