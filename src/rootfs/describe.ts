import type { Found } from './calls.js'
import { type DescribedObject, sumOfSeen } from './changes.js'
import type { MtreeStep } from './mtree.js'
import type { Tree } from './scan.js'

/** The packed objects by path, as they were then. Another process may have changed them on the disk since. */
export type PackedObjects = ReadonlyMap<string, { found: Found; sha256: string | undefined }>

/**
 * Yields the lines of an mtree file for what was seen, in its order. What was packed is described as it was then, so that a
 * later change of it is noticed.
 */
export function* describedTree(
  described: readonly DescribedObject[],
  packed: PackedObjects,
  tree: Tree,
): Generator<MtreeStep> {
  for (const one of described) yield one === '..' ? one : describedAs(one, packed, tree)
}

function describedAs(
  { seen, entry: unnamed, sha256 }: Exclude<DescribedObject, '..'>,
  packed: PackedObjects,
  tree: Tree,
): MtreeStep {
  const entry = { ...unnamed, name: Buffer.from(seen.name, 'latin1') }
  if (seen.found.kind !== 'file') return entry
  const now = packed.get(seen.path)
  const sum = now?.sha256 ?? sha256 ?? sumOfSeen(seen, tree)
  if (now === undefined) return { ...entry, sha256: sum }
  const { size, uid, gid, mode, links: nlink, mtime } = now.found
  return { ...entry, size, uid, gid, mode, nlink, mtimeSeconds: mtime.seconds, sha256: sum }
}
