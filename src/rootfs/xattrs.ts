import { isSystemError } from '../spec/errors.js'
import type { Attributes } from '../tar/attributes.js'
import type { Xattr } from './calls.js'
import { shown } from './names.js'
import type { Oddities } from './oddities.js'
import { type Ids, OWNER_RECORD, type Owners, onHost, ownerRecord } from './owners.js'

/** Labels and signatures that belong to one host; another's would be wrong or forbidden. */
export const OF_HOST: ReadonlySet<string> = new Set([
  'security.selinux',
  'security.ima',
  'security.evm',
  'system.nfs4_acl',
])

/** Access control lists, which contain ids (acl(5)). */
export const LISTS: ReadonlySet<string> = new Set(['system.posix_acl_access', 'system.posix_acl_default'])

/** Attributes by which overlay file systems hide, move or redirect files. */
const OF_OVERLAYS = /^(?:trusted|user)\.overlay\./

/** Returns the attributes to set on an object, of those in its header; counts the others. */
export function xattrsToSet(
  { path, kind, xattrs, uid, gid }: Attributes,
  { owners, oddities }: { owners: Owners; oddities: Oddities },
): readonly Xattr[] {
  const isRecorded = owners.isRootless && (uid !== 0 || gid !== 0)
  if (xattrs.length === 0 && !isRecorded) return NONE
  const kept = xattrs.filter(([name]) => {
    if (OF_HOST.has(name)) oddities.add('host attribute', shown(path))
    else if (OF_OVERLAYS.test(name)) oddities.add('overlay attribute', shown(path))
    return !OF_HOST.has(name) && !(owners.isRootless && name === OWNER_RECORD)
  })
  const all = kept.map(([name, value]): Xattr => [name, LISTS.has(name) ? withHostIds(value, owners) : value])
  if (!isRecorded) return all
  // Only files and directories can have attributes of users.
  if (kind === 'file' || kind === 'directory') return [...all, [OWNER_RECORD, ownerRecord({ uid, gid })]]
  oddities.add('owner not recorded', shown(path))
  return all
}

const NONE: readonly Xattr[] = []

/**
 * Sets attributes; counts those that the file system or the user's rights do not allow.
 * @throws the system's error for a full disk and other failures of the whole
 */
export function setXattrs(
  xattrs: readonly Xattr[],
  { set, path, oddities }: { set: (xattr: Xattr) => void; path: string; oddities: Oddities },
): void {
  for (const xattr of xattrs) {
    try {
      set(xattr)
    } catch (error) {
      if (!isSystemError(error, ...NOT_ALLOWED)) throw error
      oddities.add('xattr left out', shown(path))
    }
  }
}

/** Unknown to the file system, too long for it, of a wrong form, or not allowed to this user or on this kind of object. */
const NOT_ALLOWED = ['ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'EACCES', 'E2BIG', 'ERANGE', 'ENOSPC', 'EINVAL', 'ENODATA']

/** Returns an access control list for the host's ids: a version, then entries of a tag, a permission and an id. */
function withHostIds(list: Buffer, owners: Owners): Buffer {
  const isMapped = owners.isRootless || owners.users.length + owners.groups.length > 0
  return isMapped ? withOtherIds(list, (ids) => onHost(ids, owners)) : list
}

/** Returns an access control list with other ids; what is none is returned as it is. */
export function withOtherIds(list: Buffer, map: (ids: Ids) => Ids): Buffer {
  if (list.length % 8 !== 4) return list
  const copy = Buffer.from(list)
  for (let at = 4; at < copy.length; at += 8) {
    const tag = copy.readUInt16LE(at)
    const id = copy.readUInt32LE(at + 4)
    if (tag === USER) copy.writeUInt32LE(map({ uid: id, gid: 0 }).uid, at + 4)
    else if (tag === GROUP) copy.writeUInt32LE(map({ uid: 0, gid: id }).gid, at + 4)
  }
  return copy
}

const USER = 0x02
const GROUP = 0x08
