import { fitsPax } from '../tar/encodeEntry.js'
import type { Xattr } from './calls.js'
import { shown } from './names.js'
import type { Oddities } from './oddities.js'
import { type Ids, inImage, OWNER_RECORD, type Owners, recordedOwner } from './owners.js'
import { LISTS, OF_HOST, withOtherIds } from './xattrs.js'

/** The owner and the attributes that a layer states of an object. */
interface PackedMetadata extends Ids {
  xattrs: Xattr[]
}

/**
 * Returns the owner in the image, and the attributes that a layer can have; counts the others.
 * @throws ImageError UNSUPPORTED for an id that is not mapped; FORMAT for a broken record of an owner
 */
export function packedMetadata(
  { path, ids, xattrs }: { path: string; ids: Ids; xattrs: readonly Xattr[] },
  { owners, oddities }: { owners: Owners; oddities: Oddities },
): PackedMetadata {
  const record = owners.isRootless ? xattrs.find(([key]) => key === OWNER_RECORD) : undefined
  const owner = record === undefined ? inImage(ids, owners) : recordedOwner(record[1], shown(path))
  const kept = xattrs.filter((xattr) => xattr !== record && !OF_HOST.has(xattr[0]))
  const packed = kept.filter(([key, value]) => fitsPax(key) && value.length > 0)
  if (packed.length < kept.length) oddities.add('xattr not packed', shown(path))
  return { ...owner, xattrs: packed.map(([key, value]) => [key, LISTS.has(key) ? inContainer(value, owners) : value]) }
}

/** Returns an access control list for the container's ids. */
function inContainer(list: Buffer, owners: Owners): Buffer {
  return withOtherIds(list, (ids) => inImage(ids, owners))
}
