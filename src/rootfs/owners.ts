import { ImageError } from '../spec/errors.js'
import { type IdMapping, mapToContainer, mapToHost } from './idMapping.js'

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

/** Returns the owner in the image. @throws ImageError UNSUPPORTED for an id that is not mapped */
export function inImage({ uid, gid }: Ids, { users, groups, isRootless }: Owners): Ids {
  return isRootless ? ROOT : { uid: mapToContainer(uid, users), gid: mapToContainer(gid, groups) }
}

/** Returns the owner on the host. @throws ImageError UNSUPPORTED for an id that is not mapped */
export function onHost({ uid, gid }: Ids, { users, groups, isRootless }: Owners): Ids {
  const owner = isRootless ? ROOT : { uid, gid }
  return { uid: mapToHost(owner.uid, users), gid: mapToHost(owner.gid, groups) }
}

const ROOT: Ids = { uid: 0, gid: 0 }

/** The attribute in which tools record the owner that a file would have (rootlesscontaine.rs). */
export const OWNER_RECORD = 'user.rootlesscontainers'

/** Stands for an id that is not recorded: it stays as it is. */
const NO_ID = 2 ** 32 - 1

/**
 * Returns a record of an owner: a message of protocol buffers with the fields 1, uid, and 2, gid, as varints. Root needs
 * no record.
 */
export function ownerRecord({ uid, gid }: Ids): Buffer {
  return Buffer.from([...fieldOf(1, uid === 0 ? NO_ID : uid), ...fieldOf(2, gid === 0 ? NO_ID : gid)])
}

function fieldOf(number: number, value: number): number[] {
  const bytes = [number << 3]
  let left = value
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80)
  return [...bytes, left]
}

/**
 * Reads a record of an owner; an id that it does not have is root's.
 * @throws ImageError FORMAT for anything but the two fields
 */
export function recordedOwner(record: Buffer, where: string): Ids {
  const ids = { uid: 0, gid: 0 }
  for (let at = 0; at < record.length; ) {
    const field = record[at++]
    const { value, end } = varint(record, at)
    if ((field !== 1 << 3 && field !== 2 << 3) || value === undefined) {
      throw new ImageError('FORMAT', `the attribute ${OWNER_RECORD} is not a record of an owner`, { where })
    }
    if (value !== NO_ID) ids[field === 1 << 3 ? 'uid' : 'gid'] = value
    at = end
  }
  return ids
}

/** Reads a number of 32 bits; undefined if there is none. */
function varint(bytes: Buffer, start: number): { value: number | undefined; end: number } {
  let value = 0
  for (let at = start; at < start + 5; at++) {
    const byte = bytes[at]
    if (byte === undefined) break
    value += (byte & 0x7f) * 2 ** (7 * (at - start))
    if (byte < 0x80) return { value: value <= NO_ID ? value : undefined, end: at + 1 }
  }
  return { value: undefined, end: start }
}
