import { type ErrorDetails, ImageError } from '../spec/errors.js'
import { INDEX_FILE, LAYOUT_FILE } from '../store/layout/layoutNames.js'
import type { EntryType, TarEntry } from '../tar/entry.js'
import type { Archive } from './archive.js'
import { MANIFEST_FILE, REPOSITORIES_FILE } from './fileNames.js'

/**
 * Refuses an archive whose tables of contents are missing or unreadable. Without them it could pass for an archive of
 * another Docker version, with other images.
 * @throws ImageError FORMAT, UNSAFE
 */
export async function assertNotCut(archive: Archive): Promise<void> {
  const hasManifest = await isThere(MANIFEST_FILE, archive)
  const hasIndex = await isThere(INDEX_FILE, archive)
  if (hasIndex) return hasManifest ? undefined : assertLayout(archive)
  if (!hasManifest) await assertOld(archive)
}

/** Returns the failure for an archive that was cut off between two entries. */
export function cutOff(missing: string, { name }: Archive): ImageError {
  return new ImageError('FORMAT', `the archive ends early: it has no end marker, and ${missing} is missing`, {
    where: name,
    hint: 'it was cut off: save or copy it again',
  })
}

/**
 * True if the archive has this table; false if it has no entry of this name. @throws ImageError FORMAT if it is not a
 * file
 */
async function isThere(table: string, archive: Archive): Promise<boolean> {
  if ((await archive.find(table)) !== undefined) return true
  const entry = archive.entry(table)
  if (entry === undefined) return false
  throw new ImageError('FORMAT', 'a table of contents cannot be read', {
    where: table,
    expected: 'a file',
    found: kindOf(entry),
    hint: 'make the archive again',
  })
}

const KINDS: Readonly<Record<EntryType, string>> = {
  file: 'a file',
  directory: 'a directory',
  symlink: 'a symbolic link',
  hardlink: 'a hard link',
  other: 'a device, named pipe or socket',
}

function kindOf({ type, linkTarget }: TarEntry): string {
  return linkTarget === undefined ? KINDS[type] : `${KINDS[type]} to ${linkTarget}, which is not a file in the archive`
}

/**
 * Checks an archive that has index.json but not manifest.json: the latter may be missing because the archive was cut
 * off.
 */
async function assertLayout(archive: Archive): Promise<void> {
  if (!archive.isCut) return
  const { old, later } = tracesIn(archive.paths())
  if (old !== undefined || later?.table === MANIFEST_FILE) throw cutOff(MANIFEST_FILE, archive)
  // Docker and containerd put manifest.json between index.json and oci-layout.
  if ((await archive.find(LAYOUT_FILE)) === undefined) throw cutOff(LAYOUT_FILE, archive)
}

/**
 * Checks an archive that has neither manifest.json nor index.json. One from before Docker 1.10 ends with an end marker
 * and has none of the later files.
 */
async function assertOld(archive: Archive): Promise<void> {
  const hasRepositories = await isThere(REPOSITORIES_FILE, archive)
  const { old, later } = tracesIn(archive.paths())
  const isOld = hasRepositories || old !== undefined
  if (archive.isCut && (isOld || later !== undefined)) throw cutOff(later?.table ?? MANIFEST_FILE, archive)
  if (!isOld || later === undefined) return
  throw new ImageError('FORMAT', `${later.table} is missing`, { where: archive.name, ...explained(later.path) })
}

function explained(path: string): ErrorDetails {
  return {
    found: `${path}, which archives without it do not have`,
    hint: 'the archive is incomplete: save the image again',
  }
}

interface CutTraces {
  /** A path that archives of any time before Docker 25 have. */
  old?: string
  /** A path that only later archives have, and the table that goes with it. */
  later?: { path: string; table: string }
}

function tracesIn(paths: Iterable<string>): CutTraces {
  const traces: CutTraces = {}
  for (const path of paths) {
    if (/^[^/]+\/(?:json|layer\.tar)$/.test(path)) traces.old ??= path
    const table = LATER.find(([pattern]) => pattern.test(path))?.[1]
    if (table !== undefined) traces.later ??= { path, table }
  }
  return traces
}

const LATER: readonly [path: RegExp, table: string][] = [
  [/^(?:[0-9a-f]{64}\.(?:json|tar)|sha256:[0-9a-f]{64}|manifest\.json\/.*)$/, MANIFEST_FILE],
  [/^(?:blobs|index\.json)\/|^oci-layout$/, INDEX_FILE],
]
