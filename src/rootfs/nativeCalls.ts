import { constants } from 'node:fs'
import { getSystemErrorName } from 'node:util'
import { systemErrorOf } from '../spec/errors.js'
import type { Time } from '../tar/attributes.js'
import { writeFully } from '../threads/writeFully.js'
import type { Calls, Found, Name, Times, Xattr } from './calls.js'
import { type Libc, loadLibc } from './libc.js'

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants
const O_CLOEXEC = 0o2_000_000

const READ_DIRECTORY = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
const MAKE_FILE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
const READ_FILE = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC

const AT_FDCWD = -100
const AT_SYMLINK_NOFOLLOW = 0x100
const AT_REMOVEDIR = 0x200
const AT_EMPTY_PATH = 0x1000
const STATX_BASIC_STATS = 0x7ff
const STATX_ATTR_MOUNT_ROOT = 0x2000

/**
 * Returns the system's calls themselves, through koffi: openat(2) and its like.
 * @param koffiAt the URL of the package koffi
 * @throws if it is not there, or the system has not all of them
 */
export async function nativeCalls(koffiAt: string): Promise<Calls> {
  return callsOf(await loadLibc(koffiAt))
}

function callsOf(libc: Libc): Calls {
  // The working directory and the umask are this thread's own from here on, where the system allows it.
  const isApart = libc.unshare(CLONE_FS) === 0
  if (isApart) libc.umask(0)
  const found = Buffer.alloc(256)
  const listed = Buffer.alloc(64 * 1024)
  const moments = Buffer.alloc(32)
  /** The open directory that is the working directory; -1 if none is known to be. */
  let working = -1

  /** Returns the result of a call. @throws the system's error */
  function checked(result: number, syscall: string): number {
    if (result >= 0) return result
    throw failureOf(libc.errno(), syscall)
  }

  function look(at: number, name: string, flags: number): Found | undefined {
    if (libc.statx(at, pathOf(name), flags, STATX_BASIC_STATS, found) === 0) return foundIn(found)
    if (libc.errno() === ENOENT) return undefined
    throw failureOf(libc.errno(), 'statx')
  }

  /** Returns a path for calls that know no open directory: by the working directory, else by the list of open files. */
  function pathAt(at: number, name: Name): string | Buffer {
    if (!isApart) return pathOf(`/proc/self/fd/${at}/${name}`)
    if (at !== working) checked(libc.fchdir(at), 'fchdir')
    working = at
    return pathOf(name)
  }

  return {
    lacks: new Set(),
    hasExactModes: isApart,
    confineTo: (root) => {
      working = -1
      if (!isApart || libc.fchdir(root) !== 0) return false
      working = root
      return libc.chroot('.') === 0
    },
    openRoot: (path) => checked(libc.openat(AT_FDCWD, pathOf(path), READ_DIRECTORY, 0), 'open'),
    openDirectory: (at, name) => checked(libc.openat(at, pathOf(name), READ_DIRECTORY, 0), 'open'),
    openParent: (directory) => checked(libc.openat(directory, '..', READ_DIRECTORY, 0), 'open'),
    openToRead: (at, name) => {
      // To open a device may do something by itself.
      if (look(at, name, AT_SYMLINK_NOFOLLOW)?.kind !== 'file') return undefined
      const file = libc.openat(at, pathOf(name), READ_FILE, 0)
      if (file < 0 && ![ELOOP, ENXIO, ENOENT].includes(libc.errno())) throw failureOf(libc.errno(), 'open')
      if (file < 0 || look(file, '', AT_EMPTY_PATH)?.kind === 'file') return file < 0 ? undefined : file
      libc.close(file)
      return undefined
    },
    close: (file) => {
      if (file === working) working = -1
      libc.close(file)
    },
    look: (at, name) => look(at, name, AT_SYMLINK_NOFOLLOW),
    lookAt: (file) => {
      checked(libc.statx(file, '', AT_EMPTY_PATH, STATX_BASIC_STATS, found), 'statx')
      return foundIn(found)
    },
    names: (directory) => {
      const all: Name[] = []
      checked(libc.lseek(directory, 0, 0), 'lseek')
      for (;;) {
        const length = checked(libc.getdents(directory, listed, listed.length), 'getdents')
        if (length === 0) return all
        for (let at = 0; at < length; at += listed.readUInt16LE(at + 16)) {
          const name = listed.toString('latin1', at + 19, listed.indexOf(0, at + 19))
          if (name !== '.' && name !== '..') all.push(name)
        }
      }
    },
    readLink: (at, name) => {
      const length = checked(libc.readlinkat(at, pathOf(name), listed, 4096), 'readlink')
      return listed.toString('latin1', 0, length)
    },
    makeDirectory: (at, name) => {
      checked(libc.mkdirat(at, pathOf(name), 0o700), 'mkdir')
    },
    makeFile: (at, name, mode) => checked(libc.openat(at, pathOf(name), MAKE_FILE, mode), 'open'),
    makeSymlink: (target, at, name) => {
      checked(libc.symlinkat(pathOf(target), at, pathOf(name)), 'symlink')
    },
    makeLink: (from, fromName, at, name) => {
      checked(libc.linkat(from, pathOf(fromName), at, pathOf(name), 0), 'link')
    },
    makeNode: (at, name, { kind, mode, major, minor }) => {
      checked(libc.mknodat(at, pathOf(name), NODE_TYPES[kind] | mode, deviceOf(major, minor)), 'mknod')
    },
    remove: (at, name) => {
      checked(libc.unlinkat(at, pathOf(name), 0), 'unlink')
    },
    removeDirectory: (at, name) => {
      checked(libc.unlinkat(at, pathOf(name), AT_REMOVEDIR), 'rmdir')
    },
    write: writeFully,
    truncate: (file, size) => {
      checked(libc.ftruncate(file, size), 'ftruncate')
    },
    changeOwner: (at, name, { uid, gid }) => {
      checked(libc.fchownat(at, pathOf(name), uid, gid, AT_SYMLINK_NOFOLLOW), 'chown')
    },
    changeMode: (at, name, mode) => {
      checked(libc.fchmodat(at, pathOf(name), mode, AT_SYMLINK_NOFOLLOW), 'chmod')
    },
    changeTimes: (at, name, times) => {
      writeTimes(moments, times)
      checked(libc.utimensat(at, pathOf(name), moments, AT_SYMLINK_NOFOLLOW), 'utimensat')
    },
    changeOwnerOf: (file, { uid, gid }) => {
      checked(libc.fchown(file, uid, gid), 'chown')
    },
    changeModeOf: (file, mode) => {
      checked(libc.fchmod(file, mode), 'chmod')
    },
    changeTimesOf: (file, times) => {
      writeTimes(moments, times)
      checked(libc.futimens(file, moments), 'futimens')
    },
    setXattr: (at, name, [key, value]) => {
      checked(libc.lsetxattr(pathAt(at, name), pathOf(key), value, value.length, 0), 'setxattr')
    },
    setXattrOf: (file, [key, value]) => {
      checked(libc.fsetxattr(file, pathOf(key), value, value.length, 0), 'setxattr')
    },
    removeXattrOf: (file, key) => {
      if (libc.fremovexattr(file, pathOf(key)) === 0) return
      if (![ENODATA, ENOTSUP].includes(libc.errno())) throw failureOf(libc.errno(), 'removexattr')
    },
    xattrsOf: (at, name) => {
      const path = pathAt(at, name)
      const length = libc.llistxattr(path, listed, listed.length)
      if (length < 0 && libc.errno() === ENOTSUP) return []
      const keys = listed.toString('latin1', 0, checked(length, 'listxattr')).split('\0').slice(0, -1)
      return keys.map((key): Xattr => {
        const size = checked(libc.lgetxattr(path, pathOf(key), listed, listed.length), 'getxattr')
        return [key, Buffer.from(listed.subarray(0, size))]
      })
    },
  }
}

const CLONE_FS = 0x200
const [ENOENT, ENXIO, ELOOP, ENODATA, ENOTSUP] = [2, 6, 40, 61, 95]

const NODE_TYPES = { fifo: 0o010_000, character: 0o020_000, block: 0o060_000 }

/** Kinds by the bits of a mode that state them (inode(7)). */
const KINDS: ReadonlyMap<number, Found['kind']> = new Map([
  [0o010_000, 'fifo'],
  [0o020_000, 'character'],
  [0o040_000, 'directory'],
  [0o060_000, 'block'],
  [0o100_000, 'file'],
  [0o120_000, 'symlink'],
])

/** Returns a text as koffi passes it on: it takes text for UTF-8, and bytes as they are. */
function pathOf(text: string): string | Buffer {
  return ASCII.test(text) ? text : Buffer.from(`${text}\0`, 'latin1')
}

const ASCII = /^[\0-\x7f]*$/

function failureOf(errno: number, syscall: string): Error {
  const code = getSystemErrorName(-errno)
  return systemErrorOf({ message: `${code}: ${syscall}`, code, errno: -errno, syscall })
}

/** Reads struct statx (statx(2)), which is the same on all processors. */
function foundIn(bytes: Buffer): Found {
  const mode = bytes.readUInt16LE(28)
  return {
    kind: KINDS.get(mode & 0o170_000) ?? 'socket',
    mode: mode & 0o7777,
    uid: bytes.readUInt32LE(20),
    gid: bytes.readUInt32LE(24),
    size: long(bytes, 40),
    links: bytes.readUInt32LE(16),
    mtime: { seconds: long(bytes, 112), nanoseconds: bytes.readUInt32LE(120) },
    ctime: { seconds: long(bytes, 96), nanoseconds: bytes.readUInt32LE(104) },
    device: bytes.readUInt32LE(136) * 2 ** 20 + bytes.readUInt32LE(140),
    inode: long(bytes, 32),
    isMountPoint: (bytes.readUInt16LE(8) & STATX_ATTR_MOUNT_ROOT) !== 0,
    special: { major: bytes.readUInt32LE(128), minor: bytes.readUInt32LE(132) },
  }
}

/** Returns a number of 64 bits; beyond 2^53 it is not exact. */
function long(bytes: Buffer, at: number): number {
  return bytes.readInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at)
}

/** Writes two of struct timespec. */
function writeTimes(bytes: Buffer, { atime, mtime }: Times): void {
  writeTime(bytes, 0, atime)
  writeTime(bytes, 16, mtime)
}

function writeTime(bytes: Buffer, at: number, { seconds, nanoseconds }: Time): void {
  // The largest number of 64 bits is none of ours.
  const high = Math.min(Math.floor(seconds / 2 ** 32), 2 ** 31 - 1)
  bytes.writeUInt32LE(Math.min(seconds - high * 2 ** 32, 2 ** 32 - 1), at)
  bytes.writeInt32LE(high, at + 4)
  bytes.writeUInt32LE(nanoseconds, at + 8)
}

/** Returns a device number as the system has it (makedev(3)). */
function deviceOf(major: number, minor: number): number {
  const low = minor & 0xff
  return (minor - low) * 2 ** 12 + major * 2 ** 8 + low
}
