import { ImageError } from '../spec/errors.js'
import type { Name } from './calls.js'

/** The beginning of a name that removes (OCI image-spec, layer.md, "Whiteouts"). */
export const WHITEOUT_PREFIX = '.wh.'
const OPAQUE = '.wh..wh..opq'

/** The names of aufs' own files, which Docker once left in layers; they are about no object of the image. */
const AUFS = /^\.wh\.\.wh\.(?!\.opq$)/

/** The meaning of the names on an entry's path. */
export type Meaning = { kind: 'object' } | { kind: 'removes'; name: Name } | { kind: 'opaque' } | { kind: 'of aufs' }

/**
 * Returns whether an entry is an object or a whiteout.
 * @throws ImageError UNSAFE for a whiteout of nothing, of `.` or `..`, and for anything below a whiteout
 */
export function meaningOf(names: readonly Name[], path: string): Meaning {
  if (!path.includes(WHITEOUT_PREFIX)) return OBJECT
  const last = names.length - 1
  for (const [at, name] of names.entries()) {
    if (!name.startsWith(WHITEOUT_PREFIX)) continue
    if (AUFS.test(name)) return OF_AUFS
    if (at < last) throw unsafe('an entry lies below a whiteout', path)
    if (name === OPAQUE) return IS_OPAQUE
    const removed = name.slice(WHITEOUT_PREFIX.length)
    if (removed === '' || removed === '.' || removed === '..') throw unsafe('a whiteout names no object', path)
    return { kind: 'removes', name: removed }
  }
  return OBJECT
}

const OBJECT: Meaning = { kind: 'object' }
const IS_OPAQUE: Meaning = { kind: 'opaque' }
const OF_AUFS: Meaning = { kind: 'of aufs' }

function unsafe(problem: string, path: string): ImageError {
  return new ImageError('UNSAFE', problem, { where: Buffer.from(path, 'latin1').toString('utf8') })
}
