import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import type { ProcessIdentity } from '../spec/parse.js'

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

/** True only if it is certain that the process is gone: it was here, and is not any more. */
export function isDead(identity: ProcessIdentity): boolean {
  const here = thisProcess()
  if (identity.host !== here.host) return false
  if (identity.boot !== here.boot) return identity.boot !== '' && here.boot !== ''
  if (identity.pidNamespace !== here.pidNamespace) return false
  if (!isRunning(identity.pid) || isZombie(identity.pid)) return true
  // Another user's process may not show when it started: that proves nothing.
  const started = startTime(identity.pid)
  return started !== '' && identity.startTime !== '' && started !== identity.startTime
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
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
