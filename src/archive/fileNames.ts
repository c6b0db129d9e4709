import { INDEX_FILE, LAYOUT_FILE } from '../store/layout/layoutNames.js'
import { cleanPath } from '../tar/paths.js'

/** The table of contents of a docker archive (Docker image spec 1.2). */
export const MANIFEST_FILE = 'manifest.json'

/** The table of contents of a docker archive before Docker 1.10 (Docker image spec 1.0). */
export const REPOSITORIES_FILE = 'repositories'

/** Maximum size of a table of contents in bytes: 20 MiB, as in containerd; it holds hundreds of images. */
export const TABLE_LIMIT = 20 * 1024 * 1024

/** True for a table of contents. */
export function isTable(path: string): boolean {
  return TABLES.has(cleanPath(path) ?? '')
}

const TABLES: ReadonlySet<string> = new Set([MANIFEST_FILE, REPOSITORIES_FILE, INDEX_FILE, LAYOUT_FILE])

/** The table of contents that the user asked for; undefined for whichever exists. */
export type Listing = typeof MANIFEST_FILE | typeof INDEX_FILE | undefined
