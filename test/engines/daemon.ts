import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Machine } from './machine.js'

/** A daemon that answers. */
export interface Daemon {
  /** Ends it, and waits for that. */
  stop(): Promise<void>
}

/** How to start a daemon. */
export interface DaemonSpec {
  program: string
  args: string[]
  /** Throws as long as it does not answer. */
  answers: () => Promise<unknown>
  timeZone?: string
}

/** A directory that stays until it is removed; its path is short, since paths of sockets have a limit. */
export async function makeHome(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = join(tmpdir(), `transload-${randomBytes(4).toString('hex')}`)
  await mkdir(path)
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}

/** Starts a daemon that has its things below `home`, and waits until it answers. @throws with its log if it does not */
export async function startDaemon(
  machine: Machine,
  home: string,
  { program, args, answers, timeZone = 'UTC' }: DaemonSpec,
): Promise<Daemon> {
  const path = join(home, `${program}.log`)
  const log = await open(path, 'w')
  const child = machine.start(program, args, { log: log.fd, timeZone })
  await log.close()
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  try {
    await untilAnswers(child, answers)
  } catch (error) {
    await end(child, ended)
    const end20 = (await readFile(path, 'utf8')).split('\n').slice(-20).join('\n')
    throw new Error(`${program} does not answer:\n${end20}`, { cause: error })
  }
  return { stop: () => end(child, ended) }
}

async function untilAnswers(child: ChildProcess, answers: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await answers()
      return
    } catch (error) {
      if (child.exitCode !== null || child.signalCode !== null || tries === 300) throw error
      await setTimeout(100)
    }
  }
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM')
  const patience = new AbortController()
  const late = setTimeout(30_000, undefined, { signal: patience.signal }).then(
    () => child.kill('SIGKILL'),
    () => {},
  )
  await ended
  patience.abort()
  await late
}
