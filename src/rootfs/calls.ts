import type { Time } from '../tar/attributes.js'

/**
 * A name within a directory: one component, never empty, `.` or `..`, without a slash or NUL. Each character is one byte.
 */
export type Name = string

/** What the system says of an object (stat(2)). */
export interface Found {
  kind: 'file' | 'directory' | 'symlink' | 'fifo' | 'character' | 'block' | 'socket'
  /** Permissions, set-id bits and the sticky bit. */
  mode: number
  uid: number
  gid: number
  size: number
  links: number
  mtime: Time
  /** When the object last changed in any way; nobody can set it. */
  ctime: Time
  device: number
  inode: number
  /** True if a file system is known to be mounted here, also a part of the same one. */
  isMountPoint: boolean
  /** The device that a special file stands for. */
  special: { major: number; minor: number }
}

/** A special file to make. */
export interface SpecialFile {
  kind: 'fifo' | 'character' | 'block'
  mode: number
  major: number
  minor: number
}

/** Times to set. */
export interface Times {
  atime: Time
  mtime: Time
}

/**
 * The system's calls on a file system, each relative to an open directory. None follows a link, and none resolves more
 * than one name. They throw system errors (`syscall`, `code`).
 */
export interface Calls {
  /** What this backend cannot do; it does not throw where it cannot, but leaves it undone. */
  readonly lacks: ReadonlySet<'xattrs' | 'devices' | 'nanoseconds'>
  /** True if a file is made with the very mode that was asked for. Otherwise the umask takes bits away. */
  readonly hasExactModes: boolean
  /**
   * Makes a directory the root of this thread alone, so that the kernel, too, keeps every path within it. Returns false
   * where that is not possible. Paths of the host mean nothing afterwards.
   */
  confineTo(root: number): boolean
  /** Opens the directory that a path of the host names; only for the root of all others. */
  openRoot(path: string): number
  /** Opens a directory only to name what is in it: it may be unreadable. */
  openDirectory(at: number, name: Name): number
  /** Opens the directory that contains a directory. */
  openParent(directory: number): number
  /** Opens a regular file for reading; undefined for anything else. */
  openToRead(at: number, name: Name): number | undefined
  close(file: number): void
  /** Returns undefined if nothing has this name. */
  look(at: number, name: Name): Found | undefined
  /** Looks at an open file or directory. */
  lookAt(file: number): Found
  names(directory: number): Name[]
  readLink(at: number, name: Name): string
  /** Makes a directory that only its owner may use. */
  makeDirectory(at: number, name: Name): void
  /** Makes a file that was not there, and opens it for writing. */
  makeFile(at: number, name: Name, mode: number): number
  makeSymlink(target: string, at: number, name: Name): void
  /** Gives an object another name; a symlink is linked itself. */
  makeLink(from: number, fromName: Name, at: number, name: Name): void
  makeNode(at: number, name: Name, node: SpecialFile): void
  remove(at: number, name: Name): void
  removeDirectory(at: number, name: Name): void
  /** Writes all bytes to an open file. */
  write(file: number, bytes: Uint8Array, position: number): void
  /** Sets the size of an open file. */
  truncate(file: number, size: number): void
  changeOwner(at: number, name: Name, owner: { uid: number; gid: number }): void
  /** Changes the mode of what is no symlink. */
  changeMode(at: number, name: Name, mode: number): void
  changeTimes(at: number, name: Name, times: Times): void
  changeOwnerOf(file: number, owner: { uid: number; gid: number }): void
  changeModeOf(file: number, mode: number): void
  changeTimesOf(file: number, times: Times): void
  setXattr(at: number, name: Name, xattr: Xattr): void
  setXattrOf(file: number, xattr: Xattr): void
  /** Removes an attribute of an open directory; does nothing if it has none of this name. */
  removeXattrOf(file: number, key: string): void
  xattrsOf(at: number, name: Name): Xattr[]
}

/** An extended attribute; its name is a binary string. */
export type Xattr = readonly [name: string, value: Buffer]
