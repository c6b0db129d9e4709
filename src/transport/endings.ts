import type { Compression } from '../spec/compression.js'

/** The compression of an archive by the ending of its name. */
const WRITTEN: Readonly<Record<string, Compression>> = {
  tar: 'none',
  'tar.gz': 'gzip',
  tgz: 'gzip',
  'tar.zst': 'zstd',
  'tar.zstd': 'zstd',
  tzst: 'zstd',
}

/** Endings of archives and compressors that this program does not write. */
const OTHERS = [
  ...['xz', 'bz2', 'bz', 'lz4', 'lzma', 'lz', 'lzo', 'z', 'br', 'sz', 'zip', '7z'].map((packed) => `tar.${packed}`),
  ...['txz', 'tbz2', 'tbz', 'tb2', 'tlz', 'tlz4', 'taz', 'tz'],
  ...['gz', 'gzip', 'zst', 'zstd', 'xz', 'bz2', 'bz', 'lz4', 'lzma', 'lz', 'lzo', 'z', 'br'],
  ...['zip', 'zipx', '7z', 'rar', 'cab', 'cpio', 'jar', 'rpm', 'deb', 'apk'],
  ...['oci', 'sif', 'squashfs', 'sqfs', 'sqsh', 'iso', 'qcow2', 'vmdk', 'ova'],
]

const ARCHIVE = endsIn(Object.keys(WRITTEN))
const OTHER = endsIn(OTHERS)

/**
 * Returns the compression for an archive's name; undefined if the name is not that of an archive that can be written.
 */
export function compressionOf(path: string): Compression | undefined {
  return WRITTEN[ARCHIVE.exec(path)?.[1]?.toLowerCase() ?? '']
}

/** Returns the ending of another kind of archive or compressor, spelled as in the path; undefined if there is none. */
export function otherEnding(path: string): string | undefined {
  return compressionOf(path) === undefined ? OTHER.exec(path)?.[1] : undefined
}

/** Returns the name without the ending of an archive. */
export function withoutEnding(name: string): string {
  return name.replace(ARCHIVE, '')
}

function endsIn(endings: readonly string[]): RegExp {
  return new RegExp(`\\.(${endings.map((ending) => ending.replaceAll('.', '\\.')).join('|')})$`, 'i')
}
