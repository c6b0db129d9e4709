import type { Attributes } from '../tar/attributes.js'
import type { Calls, Found, Name, Xattr } from './calls.js'
import { shown } from './names.js'
import type { Oddities } from './oddities.js'
import { type Ids, type Owners, onHost } from './owners.js'
import { setXattrs, xattrsToSet } from './xattrs.js'

/** Every file system has room for so many seconds before and after 1970. */
const YEARS_1901_TO_2038 = 2 ** 31

/** The circumstances in which attributes are set. */
export interface Rights {
  calls: Calls
  owners: Owners
  /** The owner that new objects get by themselves. */
  self: Ids
  oddities: Oddities
}

/**
 * Sets the attributes of objects as headers state them. Ids first, since a change of it takes set-id bits and
 * capabilities away; the mode before attributes only where it does not lock their owner out; times last.
 */
export class Metadata {
  readonly #rights: Rights

  constructor(rights: Rights) {
    this.#rights = rights
  }

  /** The mode to make a file with: its own if it can be had at once, else one for its owner alone. */
  firstMode({ mode }: Attributes): number {
    const { calls, self } = this.#rights
    return calls.hasExactModes && self.uid === 0 && mode <= 0o777 ? mode : 0o600
  }

  /** Sets all of an open file. */
  setOfFile(file: number, attributes: Attributes): void {
    const { calls } = this.#rights
    const owner = this.#ownerToSet(attributes)
    if (owner !== undefined) calls.changeOwnerOf(file, owner)
    this.#set(attributes, (xattr) => calls.setXattrOf(file, xattr))
    if (attributes.mode !== this.firstMode(attributes)) calls.changeModeOf(file, attributes.mode)
    calls.changeTimesOf(file, this.#times(attributes))
    this.#checkTime(attributes, () => calls.lookAt(file))
  }

  /** Sets all of an open directory. Returns the mode that is to be set last, if this one is only for now. */
  setOfDirectory(file: number, attributes: Attributes): number | undefined {
    const { calls, self } = this.#rights
    calls.changeOwnerOf(file, onHost(attributes, this.#rights.owners))
    this.#set(attributes, (xattr) => calls.setXattrOf(file, xattr))
    const { mode } = attributes
    const isUsable = self.uid === 0 || (mode & 0o700) === 0o700
    if (isUsable) calls.changeModeOf(file, mode)
    calls.changeTimesOf(file, this.#times(attributes))
    this.#checkTime(attributes, () => calls.lookAt(file))
    return isUsable ? undefined : mode
  }

  /** Sets all of an object that cannot be opened: a symlink or a special file. */
  setOfName(at: number, name: Name, attributes: Attributes): void {
    const { calls } = this.#rights
    const owner = this.#ownerToSet(attributes)
    if (owner !== undefined) calls.changeOwner(at, name, owner)
    this.#set(attributes, (xattr) => calls.setXattr(at, name, xattr))
    // A change of the owner takes set-id bits away.
    const isExact = calls.hasExactModes && (owner === undefined || (attributes.mode & 0o6000) === 0)
    if (attributes.kind !== 'symlink' && !isExact) calls.changeMode(at, name, attributes.mode)
    calls.changeTimes(at, name, this.#times(attributes))
    this.#checkTime(attributes, () => calls.look(at, name))
  }

  #ownerToSet(attributes: Attributes): Ids | undefined {
    const { owners, self } = this.#rights
    const owner = onHost(attributes, owners)
    return owner.uid === self.uid && owner.gid === self.gid ? undefined : owner
  }

  #set(attributes: Attributes, set: (xattr: Xattr) => void): void {
    const xattrs = xattrsToSet(attributes, this.#rights)
    if (xattrs.length === 0) return
    const { calls, oddities } = this.#rights
    if (calls.lacks.has('xattrs')) oddities.add('xattr left out', shown(attributes.path))
    else setXattrs(xattrs, { set, path: attributes.path, oddities })
  }

  /** Counts a time that the file system has no room for; it takes the next one that it has. */
  #checkTime({ path, mtime: { seconds } }: Attributes, look: () => Found | undefined): void {
    if (seconds >= -YEARS_1901_TO_2038 && seconds < YEARS_1901_TO_2038) return
    if (look()?.mtime.seconds !== seconds) this.#rights.oddities.add('time out of range', shown(path))
  }

  #times({ path, atime, mtime }: Attributes): { atime: Attributes['atime']; mtime: Attributes['mtime'] } {
    const { calls, oddities } = this.#rights
    if (mtime.nanoseconds > 0 && calls.lacks.has('nanoseconds')) oddities.add('time rounded', shown(path))
    return { atime, mtime }
  }
}
