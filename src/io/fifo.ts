import {
  closeSync,
  constants,
  createWriteStream,
  fstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  type Stats,
} from 'node:fs'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { Bytes } from '../bytes/bytes.js'
import { ImageError, isSystemError } from '../spec/errors.js'
import { readPipe } from './pipe.js'
import { kindOf } from './smallFile.js'

/** Time between two looks for a reader, in milliseconds. */
const PATIENCE = 20

/** Opens for writing without following a link, and without making a terminal the controlling one. */
const WRITE = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NOCTTY

/**
 * Opens a named pipe for writing as soon as it has a reader. Neither the wait nor a slow reader blocks a thread, which
 * Node could not end.
 * @throws ImageError UNSAFE if it has become something else
 */
export async function openFifo(path: string, signal?: AbortSignal): Promise<Writable> {
  for (;;) {
    try {
      return toPipe(opened(path, WRITE | constants.O_NONBLOCK, (found) => found.isFIFO()))
    } catch (error) {
      // There is no reader yet (fifo(7)).
      if (!isSystemError(error, 'ENXIO')) throw error
      await delay(PATIENCE, undefined, signal === undefined ? {} : { signal })
    }
  }
}

/** Opens a character device for writing, such as /dev/null. @throws ImageError UNSAFE if it has become another */
export function openDevice(path: string): Writable {
  return toFile(opened(path, WRITE, (found) => found.isCharacterDevice()))
}

/**
 * Opens a descriptor for writing that this process was given: a pipe, a file, a terminal.
 * @throws ImageError UNSAFE for a disk and for the program's own descriptors; NOT_FOUND if nothing is open
 */
export function openDescriptor(fd: number, path: string): Writable {
  if (!isGiven(fd)) {
    const hint = `open it when you call the command: ${fd}>FILE`
    throw new ImageError('NOT_FOUND', 'the descriptor is not open', { where: path, hint })
  }
  const found = fstatSync(fd)
  if (found.isBlockDevice() || found.isDirectory()) throw notMeant(path, found)
  return found.isFIFO() || found.isSocket() ? toPipe(fd) : toFile(fd)
}

/** True for a descriptor that the program's caller opened. Node's own come in pairs or have no file. */
function isGiven(fd: number): boolean {
  if (fd <= 2) return true
  const target = targetOf(fd)
  if (target === undefined || target.startsWith('anon_inode:')) return false
  if (!/^(?:pipe|socket):/.test(target)) return true
  const others = readdirSync(DESCRIPTORS)
    .map(Number)
    .filter((other) => other > 2 && other !== fd)
  return !others.some((other) => targetOf(other) === target)
}

function targetOf(fd: number): string | undefined {
  try {
    return readlinkSync(`${DESCRIPTORS}/${fd}`)
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}

/** The path where Linux shows the open files of a process. */
const DESCRIPTORS = '/proc/self/fd'

/** Returns the bytes of a named pipe once it has a writer. The signal ends the wait. */
export async function* readFifo(path: string, signal?: AbortSignal): Bytes {
  yield* readPipe(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), signal)
}

function toPipe(fd: number): Writable {
  return new Socket({ fd, readable: false, writable: true })
}

function toFile(fd: number): Writable {
  return createWriteStream('', { fd })
}

/** Opens a path whose kind was just checked, and checks the open file: nobody can exchange that. */
function opened(path: string, flags: number, isMeant: (found: Stats) => boolean): number {
  const fd = openSync(path, flags)
  const found = fstatSync(fd)
  if (isMeant(found)) return fd
  closeSync(fd)
  throw notMeant(path, found)
}

function notMeant(where: string, found: Stats): ImageError {
  return new ImageError('UNSAFE', 'it cannot be written to', { where, found: kindOf(found) })
}
