import { type IdMapping, mapToHost } from './idMapping.js'

/** Who owns what an image's files are on this machine. */
export interface Owners {
  /** Ranges of user ids; without any, ids stay as they are. */
  users: readonly IdMapping[]
  groups: readonly IdMapping[]
  /** True if all belongs to the user who unpacks, and the image's owners are only recorded. */
  isRootless: boolean
}

/** A user and a group. */
export interface Ids {
  uid: number
  gid: number
}

/** Returns the owner on the host. @throws ImageError UNSUPPORTED for an id that is not mapped */
export function onHost({ uid, gid }: Ids, { users, groups, isRootless }: Owners): Ids {
  const owner = isRootless ? ROOT : { uid, gid }
  return { uid: mapToHost(owner.uid, users), gid: mapToHost(owner.gid, groups) }
}

const ROOT: Ids = { uid: 0, gid: 0 }

/** The attribute in which tools record the owner that a file would have (rootlesscontaine.rs). */
export const OWNER_RECORD = 'user.rootlesscontainers'

/**
 * Returns a record of an owner: a message of protocol buffers with the fields 1, uid, and 2, gid, as varints. A field that is
 * zero is left out, as usual there.
 */
export function ownerRecord({ uid, gid }: Ids): Buffer {
  return Buffer.from([...fieldOf(1, uid), ...fieldOf(2, gid)])
}

function fieldOf(number: number, value: number): number[] {
  if (value === 0) return []
  const bytes = [number << 3]
  let left = value
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80)
  return [...bytes, left]
}
