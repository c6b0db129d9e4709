import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { isSystemError } from '../../spec/errors.js'
import type { ProcessIdentity } from '../../spec/parse.js'

/** Returns the identity of this process, which no other process with its pid shares. */
export function thisProcess(): ProcessIdentity {
  return {
    host: read('/etc/machine-id') || hostname(),
    boot: read('/proc/sys/kernel/random/boot_id'),
    pidNamespace: link('/proc/self/ns/pid'),
    pid: process.pid,
    startTime: startTime(process.pid),
  }
}

/**
 * Returns the state of a process as far as this machine can tell: it runs, it ran here and is gone, or it is elsewhere.
 * A process of another boot counts as elsewhere, whatever the machine's name: clones and containers share names, and
 * volumes.
 */
export function stateOf(identity: ProcessIdentity): 'running' | 'gone' | 'elsewhere' {
  const here = thisProcess()
  // Without a boot id (macOS), two machines with the same name look alike.
  const isHere =
    here.boot !== '' && (['host', 'boot', 'pidNamespace'] as const).every((key) => identity[key] === here[key])
  if (!isHere) return 'elsewhere'
  if (!isRunning(identity.pid) || isZombie(identity.pid)) return 'gone'
  // Another user's process may hide when it started; a missing time proves nothing.
  const started = startTime(identity.pid)
  const isAnother = started !== '' && identity.startTime !== '' && started !== identity.startTime
  return isAnother ? 'gone' : 'running'
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isSystemError(error, 'EPERM')
  }
}

/** True for a process that has ended but that its parent has not waited for; it still looks alive. */
function isZombie(pid: number): boolean {
  return statOf(pid)[0] === 'Z'
}

function startTime(pid: number): string {
  return statOf(pid)[19] ?? ''
}

/**
 * Returns the fields of /proc/PID/stat from the third on; the name before them may have spaces and parentheses
 * (proc(5)).
 */
function statOf(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    // Not available on this system; the other parts of the identity must do.
    return ''
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    // As above.
    return ''
  }
}
