import type { Dirent } from 'node:fs'
import { lstat, readdir, readlink, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Bytes } from '../bytes/bytes.js'
import type { Context } from '../bytes/context.js'
import { readFile } from '../io/files.js'
import { ImageError, isSystemError } from '../spec/errors.js'
import { claimedDigest } from '../store/layout/layoutNames.js'
import { isOurs } from '../store/layout/ownNames.js'
import type { EntryType, TarEntry } from '../tar/entry.js'
import { Members } from '../tar/members.js'
import type { Contents } from './archive.js'

interface DirectoryEntry extends TarEntry {
  /** Path of the file outside the directory that a link leads to. */
  target?: string
}

/**
 * Reads a directory as the archive that it was unpacked from. Links are followed within it, as in the archive. Blobs
 * have their hash as their name, so they may be links to anywhere; sandboxed builds make such links.
 */
export async function directoryContents(
  root: string,
  { budget }: Pick<Context, 'budget'>,
): Promise<Contents<DirectoryEntry>> {
  const members = new Members<DirectoryEntry>(budget)
  const linked: string[] = []
  const top = await realpath(root)
  for await (const entry of entriesBelow(root, '')) {
    const target = entry.type === 'symlink' ? await blobElsewhere(entry.path, top) : undefined
    members.add(target ?? entry)
    if (target !== undefined) linked.push(entry.path)
  }
  return {
    members,
    open: ({ path, target }, start) =>
      target === undefined ? readFile(join(root, path), start) : readElsewhere(path, target, start),
    linked,
  }
}

/** Returns the target of a blob's link if it lies outside the directory. */
async function blobElsewhere(path: string, top: string): Promise<DirectoryEntry | undefined> {
  if (claimedDigest(path) === undefined) return undefined
  try {
    const target = await realpath(join(top, path))
    if (target.startsWith(`${top}${sep}`)) return undefined
    const found = await lstat(target)
    return found.isFile() ? { path, type: 'file', size: found.size, target } : undefined
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined
    throw error
  }
}

/** Reads a file outside the directory. The error hides the file's path and size. */
async function* readElsewhere(where: string, target: string, start?: number): Bytes {
  try {
    yield* readFile(target, start)
  } catch (cause) {
    throw new ImageError('SYSTEM', 'the target of the link, outside the directory, cannot be read', { where, cause })
  }
}

/** Limits of the search for images in a directory without tables of contents. */
const SEARCHED = { depth: 100, paths: 10_000 }

/** Returns the paths in a directory, within the limits of the search. */
export async function pathsBelow(root: string): Promise<string[]> {
  const paths: string[] = []
  let level = ['']
  for (let depth = 0; depth < SEARCHED.depth && paths.length < SEARCHED.paths; depth++) {
    const next: string[] = []
    for (const below of level) {
      for (const child of await readdir(join(root, below), { withFileTypes: true })) {
        const path = below === '' ? child.name : `${below}/${child.name}`
        ;(child.isDirectory() ? next : paths).push(path)
      }
    }
    level = next
  }
  return paths
}

async function* entriesBelow(root: string, below: string): AsyncGenerator<TarEntry> {
  const children = await readdir(join(root, below), { withFileTypes: true })
  for (const child of children.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (below === '' && isOurs(child.name)) continue
    const path = below === '' ? child.name : `${below}/${child.name}`
    yield await entryOf(root, path, child)
    if (child.isDirectory()) yield* entriesBelow(root, path)
  }
}

async function entryOf(root: string, path: string, child: Dirent): Promise<TarEntry> {
  const type = typeOf(child)
  if (type === 'symlink') return { path, type, size: 0, linkTarget: await readlink(join(root, path)) }
  return { path, type, size: type === 'file' ? (await lstat(join(root, path))).size : 0 }
}

function typeOf(child: Dirent): EntryType {
  if (child.isFile()) return 'file'
  if (child.isDirectory()) return 'directory'
  return child.isSymbolicLink() ? 'symlink' : 'other'
}
