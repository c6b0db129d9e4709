import { INDEX_FILE, LAYOUT_FILE } from '../store/layout/layoutFiles.js'
import { cleanPath } from '../tar/paths.js'

/** The table of contents of a docker archive (Docker image spec 1.2). */
export const MANIFEST_FILE = 'manifest.json'

/** The table of contents of a docker archive before Docker 1.10 (Docker image spec 1.0). */
export const REPOSITORIES_FILE = 'repositories'

/** The most bytes of a table of contents: 20 MiB, as containerd has it; hundreds of images fit. */
export const TABLE_LIMIT = 20 * 1024 * 1024

/** True of the files that say what else there is in an archive. */
export function isTable(path: string): boolean {
  return TABLES.has(cleanPath(path) ?? '')
}

const TABLES: ReadonlySet<string> = new Set([MANIFEST_FILE, REPOSITORIES_FILE, INDEX_FILE, LAYOUT_FILE])

/** How the user said that the archive lists its images; undefined to take what there is. */
export type Listing = typeof MANIFEST_FILE | typeof INDEX_FILE | undefined
