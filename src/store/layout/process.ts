import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { isSystemError } from '../../spec/errors.js'
import type { ProcessIdentity } from '../../spec/parse.js'

/** This process, told apart from any other that has or will have its pid. */
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
 * What can be known here of a process: it runs, or was here and is gone, or is nothing that can be seen from here. Of
 * another boot nothing can be seen, whatever the machine is called: clones and containers share their names, and volumes.
 */
export function stateOf(identity: ProcessIdentity): 'running' | 'gone' | 'elsewhere' {
  const here = thisProcess()
  // Without a boot id (macOS) two machines of one name look the same.
  const isHere =
    here.boot !== '' && (['host', 'boot', 'pidNamespace'] as const).every((key) => identity[key] === here[key])
  if (!isHere) return 'elsewhere'
  if (!isRunning(identity.pid) || isZombie(identity.pid)) return 'gone'
  // Another user's process may not show when it started: that proves nothing.
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

/** True of a process that has ended and that nobody has asked about yet; it shows like one that runs. */
function isZombie(pid: number): boolean {
  return statOf(pid)[0] === 'Z'
}

function startTime(pid: number): string {
  return statOf(pid)[19] ?? ''
}

/** Fields of /proc/PID/stat from the third on; the name before them may have spaces and parentheses (proc(5)). */
function statOf(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    // Not on this system; the other parts of the identity have to do.
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
