import type { Dirent } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { readFile } from '../bytes/files.js'
import { isOurs } from '../store/staging.js'
import type { EntryType, TarEntry } from '../tar/entry.js'
import { Members } from '../tar/members.js'
import type { Contents } from './archive.js'

/** Takes a directory for the archive that it was unpacked from. Links are followed within it, as in the archive. */
export async function directoryContents(root: string): Promise<Contents> {
  const members = new Members<TarEntry>()
  for await (const entry of entriesBelow(root, '')) members.add(entry)
  return { members, open: ({ path }, start) => readFile(join(root, path), start) }
}

/** How deep, and how much, is looked through for images in a directory that shows none. */
const SEARCHED = { depth: 4, paths: 10_000 }

/** Paths in a directory, as far as images would lie. */
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
