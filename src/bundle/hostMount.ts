import { readFile, realpath } from 'node:fs/promises'
import { isSystemError } from '../spec/errors.js'
import { isWithin } from './containerPaths.js'

/** Flags of mounts that a user namespace may not take away (mount_namespaces(7)), in the order that we print. */
const LOCKED = ['ro', 'nodev', 'noexec', 'nosuid', 'noatime', 'nodiratime']

/**
 * Returns the flags of the mount that a file of the host is on, as far as a mount of it in a user namespace has to have
 * them, too; undefined if there is no such file.
 */
export async function lockedMountFlags(path: string): Promise<string[] | undefined> {
  try {
    return flagsOf(await realpath(path), await readFile('/proc/self/mountinfo', 'utf8'))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Returns the flags of the mount that a path is on, by the text of mountinfo (proc(5)). */
export function flagsOf(path: string, mountinfo: string): string[] {
  let [nearest, flags] = ['', new Set<string>()]
  for (const line of mountinfo.split('\n')) {
    const [, , , , escaped = '', own = '', ...rest] = line.split(' ')
    const point = escaped.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))
    if (point === '' || point.length < nearest.length || !isWithin(path, point)) continue
    nearest = point
    // Those of the file system are last.
    const isReadOnly = rest.at(-1)?.split(',').includes('ro') ?? false
    flags = new Set([...own.split(','), ...(isReadOnly ? ['ro'] : [])])
  }
  return LOCKED.filter((flag) => flags.has(flag))
}
