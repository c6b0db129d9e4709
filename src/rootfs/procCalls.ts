import * as fs from 'node:fs'
import { isSystemError } from '../spec/errors.js'
import type { Time } from '../tar/attributes.js'
import { writeFully } from '../threads/writeFully.js'
import type { Calls, Found, Name, Times } from './calls.js'

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants

/** Opens an object only to name it, and needs no permission on it (open(2)). Node has no name for it. */
const O_PATH = 0o10_000_000

/**
 * The system's calls by paths below /proc/self/fd, where Linux shows the open directories of a process. Node alone is
 * enough, but it has no calls for extended attributes and devices, and times are exact to about a microsecond.
 */
export const procCalls: Calls = {
  lacks: new Set(['xattrs', 'devices', 'nanoseconds']),
  hasExactModes: false,
  confineTo: () => false,
  openRoot: (path) => fs.openSync(path, O_PATH | O_DIRECTORY | O_NOFOLLOW),
  openDirectory: (at, name) => fs.openSync(through(at, name), O_PATH | O_DIRECTORY | O_NOFOLLOW),
  openParent: (directory) => fs.openSync(`/proc/self/fd/${directory}/..`, O_PATH | O_DIRECTORY | O_NOFOLLOW),
  openToRead,
  close: (file) => fs.closeSync(file),
  look: (at, name) => {
    const found = fs.lstatSync(through(at, name), { throwIfNoEntry: false })
    return found && foundOf(found)
  },
  lookAt: (file) => foundOf(fs.fstatSync(file)),
  names: (directory) => fs.readdirSync(`/proc/self/fd/${directory}`, 'latin1'),
  readLink: (at, name) => fs.readlinkSync(through(at, name), 'latin1'),
  makeDirectory: (at, name) => {
    fs.mkdirSync(through(at, name), 0o700)
  },
  makeFile: (at, name, mode) => fs.openSync(through(at, name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode),
  makeSymlink: (target, at, name) => fs.symlinkSync(bytesOf(target), through(at, name)),
  makeLink: (from, fromName, at, name) => fs.linkSync(through(from, fromName), through(at, name)),
  makeNode: () => {},
  remove: (at, name) => fs.unlinkSync(through(at, name)),
  removeDirectory: (at, name) => fs.rmdirSync(through(at, name)),
  write: writeFully,
  truncate: (file, size) => fs.ftruncateSync(file, size),
  changeOwner: (at, name, { uid, gid }) => fs.lchownSync(through(at, name), uid, gid),
  changeMode: (at, name, mode) => changeModeUnfollowed(at, name, mode),
  changeTimes: (at, name, { atime, mtime }) => fs.lutimesSync(through(at, name), seconds(atime), seconds(mtime)),
  changeOwnerOf: (file, { uid, gid }) => fs.chownSync(`/proc/self/fd/${file}`, uid, gid),
  changeModeOf: (file, mode) => fs.chmodSync(`/proc/self/fd/${file}`, mode),
  changeTimesOf: (file, times) => changeTimesOf(file, times),
  setXattr: () => {},
  setXattrOf: () => {},
  removeXattrOf: () => {},
  xattrsOf: () => [],
}

/** Returns the path of a name in an open directory. */
function through(at: number, name: Name): string | Buffer {
  const path = `/proc/self/fd/${at}/${name}`
  return ASCII.test(name) ? path : Buffer.from(path, 'latin1')
}

const ASCII = /^[\0-\x7f]*$/

function bytesOf(text: string): string | Buffer {
  return ASCII.test(text) ? text : Buffer.from(text, 'latin1')
}

function openToRead(at: number, name: Name): number | undefined {
  // To open a device may do something by itself.
  if (procCalls.look(at, name)?.kind !== 'file') return undefined
  try {
    const file = fs.openSync(through(at, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    if (fs.fstatSync(file).isFile()) return file
    fs.closeSync(file)
    return undefined
  } catch (error) {
    // A link, a socket, or nothing.
    if (isSystemError(error, 'ELOOP', 'ENXIO', 'ENOENT')) return undefined
    throw error
  }
}

/** Changes the mode through a handle of the very object, since chmod by path follows links. */
function changeModeUnfollowed(at: number, name: Name, mode: number): void {
  const handle = fs.openSync(through(at, name), O_PATH | O_NOFOLLOW)
  try {
    fs.chmodSync(`/proc/self/fd/${handle}`, mode)
  } finally {
    fs.closeSync(handle)
  }
}

/** The call on an open file is faster, but refuses a handle of a directory. */
function changeTimesOf(file: number, { atime, mtime }: Times): void {
  fs.utimesSync(`/proc/self/fd/${file}`, seconds(atime), seconds(mtime))
}

/**
 * Returns a time as Node takes it exactly: text, since it reads a negative number as the present time; half a microsecond
 * more for fractions, which it cuts.
 */
function seconds({ seconds: whole, nanoseconds }: Time): string {
  return String(nanoseconds === 0 ? whole : whole + (nanoseconds + 500) / 1e9)
}

function foundOf(found: fs.Stats): Found {
  return {
    kind: kindOf(found),
    mode: found.mode & 0o7777,
    uid: found.uid,
    gid: found.gid,
    size: found.size,
    links: found.nlink,
    mtime: timeOf(found.mtimeMs),
    ctime: timeOf(found.ctimeMs),
    device: found.dev,
    inode: found.ino,
    isMountPoint: false,
    special: specialOf(found.rdev),
  }
}

/** Takes the number of a device apart (makedev(3)); Linux has 12 bits for the major and 20 for the minor number. */
function specialOf(device: number): Found['special'] {
  return { major: (device >>> 8) & 0xfff, minor: ((device >>> 12) & 0xf_ff00) | (device & 0xff) }
}

function timeOf(milliseconds: number): Time {
  const whole = Math.floor(milliseconds / 1000)
  return { seconds: whole, nanoseconds: Math.round((milliseconds - whole * 1000) * 1e6) }
}

function kindOf(found: fs.Stats): Found['kind'] {
  if (found.isFile()) return 'file'
  if (found.isDirectory()) return 'directory'
  if (found.isSymbolicLink()) return 'symlink'
  if (found.isFIFO()) return 'fifo'
  if (found.isSocket()) return 'socket'
  return found.isBlockDevice() ? 'block' : 'character'
}
