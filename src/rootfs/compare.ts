import type { Time } from '../tar/attributes.js'
import type { Xattr } from './calls.js'
import { type MtreeEntry, recordedXattrs } from './mtree.js'
import type { UnnamedEntry } from './mtreeEntry.js'
import type { MtreeFields } from './mtreeKeywords.js'

/**
 * True if an object is not as it is recorded, by all but its content. The size and the links of a directory depend on the
 * file system, and what is in it is compared on its own.
 * @param hasXattrs false if attributes cannot be read here
 */
export function differs(record: MtreeFields, now: UnnamedEntry, hasXattrs: boolean): boolean {
  if (record.type !== now.type || record.mode !== now.mode || record.uid !== now.uid || record.gid !== now.gid)
    return true
  if (Number(record.mtimeSeconds) !== now.mtimeSeconds) return true
  if (now.type !== 'dir' && (record.size !== now.size || record.nlink !== now.nlink)) return true
  if (now.link !== undefined && record.link?.equals(now.link) !== true) return true
  return hasXattrs && now.xattrs !== undefined && differInXattrs(record.xattrs, now.xattrs)
}

/** Attributes in any order. Where too many were to be recorded, none is known. */
function differInXattrs(recorded: MtreeFields['xattrs'], now: NonNullable<MtreeEntry['xattrs']>): boolean {
  if (recorded.length === 0) return recordedXattrs(now).length > 0
  if (recorded.length !== now.length) return true
  const values = new Map(recorded.map(([name, value]) => [name.toString('latin1'), value]))
  return now.some(([name, value]) => values.get(textOf(name))?.equals(value) !== true)
}

function textOf(name: Xattr[0] | Buffer): string {
  return typeof name === 'string' ? name : name.toString('latin1')
}

/** True unless one moment is clearly before another one; moments of the same tick of the clock are not. */
export function isSince(moment: Time, other: Time): boolean {
  if (moment.seconds !== other.seconds) return moment.seconds > other.seconds
  return moment.nanoseconds >= other.nanoseconds
}
