import type { Calls, Found } from './calls.js'
import type { Directories } from './directories.js'
import type { MtreeEntry, MtreeType } from './mtree.js'
import type { Seen } from './scan.js'

/** Kinds of objects, as mtree calls them. */
const MTREE_TYPES: Record<Found['kind'], MtreeType> = {
  file: 'file',
  directory: 'dir',
  symlink: 'link',
  fifo: 'fifo',
  character: 'char',
  block: 'block',
  socket: 'socket',
}

/** An entry without its name. */
export type UnnamedEntry = Omit<MtreeEntry, 'name'>

/** Returns what an mtree file says of an object, but for its name and its content. */
export function mtreeEntryOf(
  { at, name, found }: Pick<Seen, 'at' | 'name' | 'found'>,
  { calls, directories }: { calls: Calls; directories: Directories },
): UnnamedEntry {
  const { kind, size, uid, gid, mode, links, mtime } = found
  const entry = {
    type: MTREE_TYPES[kind],
    size,
    uid,
    gid,
    mode,
    nlink: links,
    mtimeSeconds: mtime.seconds,
  }
  if (kind === 'symlink') return { ...entry, link: Buffer.from(calls.readLink(directories.fileOf(at), name), 'latin1') }
  if (kind !== 'file' && kind !== 'directory') return entry
  return { ...entry, xattrs: calls.xattrsOf(directories.fileOf(at), name) }
}
