import { execFile } from 'node:child_process'
import type { Writable } from 'node:stream'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest'
import { HOST, type Machine, mayMount } from './machine.js'

const execute = promisify(execFile)

/** An image as an engine has it. */
export interface LoadedImage {
  /** Digest of its config. */
  id: string
  /** As the engine says them, sorted. */
  names: string[]
  /** Its diffIDs, bottom first. */
  layers: string[]
  /** What the config says of how to run it. */
  config: Record<string, unknown>
  /** Digest of its manifest or index, where the engine goes by that. */
  digest?: string
}

/** What the name of an image depends on, besides the name. */
interface Naming {
  /** Whether the archive has an index.json. */
  isHybrid: boolean
  /** How many entries that has. */
  entries: number
  /** Whether its entries state full names, and not only the short ones of other tools. */
  isFull: boolean
}

/** A container engine that keeps images, and runs them. */
export interface Engine {
  /** Loads an archive. What is said of success proves little: ask for the images. */
  load(archive: string): Promise<void>
  /** The same from a pipe. */
  loadFrom(write: (to: Writable) => Promise<unknown>): Promise<void>
  images(): Promise<LoadedImage[]>
  /** Takes the layers of an image apart, as running it would. */
  unpack(image: LoadedImage): Promise<void>
  /** What an image prints; by its own command if there is no other. */
  run(image: LoadedImage, ...command: string[]): Promise<string>
  /** Forgets all images. */
  reset(): Promise<void>
  stop(): Promise<void>
  /** The fields of a config that the engine tells of; all if absent. */
  tells?: readonly string[]
  /** What the engine calls an image that has this full name in an archive. */
  nameOf(fullName: string, naming: Naming): string
}

/** Fields of a config that the OCI image specification knows too. */
export const OCI_FIELDS = [
  ...['Cmd', 'Entrypoint', 'Env', 'ExposedPorts', 'Labels', 'StopSignal', 'User', 'Volumes', 'WorkingDir'],
] as const

/** Names of engines, as tables of what they cannot do have them. */
export type Family = 'dockerd' | 'dockerd, containerd store' | 'podman' | 'containerd'

/** What a test cannot do without. */
export interface Needs {
  /** Undefined if the user named none. */
  machine: Machine | undefined
  /** What has to be installed; the first one says which version it is. */
  programs: readonly string[]
  /** Whether it mounts even on this machine. */
  mounts?: boolean
}

/** An engine that can be started. */
export interface Kind<T extends Engine = Engine> extends Needs {
  family: Family
  start(machine: Machine): Promise<T>
}

/** Runs a program to its end, in the mounts of this process. @throws if it fails, with what it printed */
export async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute(program, args, { maxBuffer: 1 << 26 })
  return stdout.trim()
}

/**
 * `test` for what needs these programs. Where one is missing, the test is skipped by name; in CI it fails, so that no
 * engine goes missing unnoticed.
 */
export function testWith(...programs: string[]): (name: string, work: () => Promise<void>) => void {
  const reason = whyMissing({ machine: HOST, programs })
  return (name, work) => {
    if (reason === undefined) test(name, work)
    else reportMissing(name, HOST, reason)
  }
}

/**
 * `describe` for what needs programs of a machine. Where one is missing, a single test says so, as `testWith` does; what
 * the user has not named is not missed in CI either.
 */
export function describeOn(
  { name, ...needs }: Needs & { name: string },
  body: (machine: Machine, version: string) => void,
): void {
  const { machine, programs } = needs
  const reason = whyMissing(needs)
  if (machine === undefined || reason !== undefined) {
    reportMissing(name, machine, reason ?? '')
    return
  }
  const version = versionOf(machine, programs[0] ?? '')
  describe(`${name} ${version}`.trim(), () => body(machine, version))
}

/** The same for an engine: one is started for all the tests, and knows of no image before each. */
export function describeWith<T extends Engine>(
  { family, start, ...needs }: Kind<T>,
  body: (engine: () => T, version: string) => void,
): void {
  describeOn({ name: family, mounts: true, ...needs }, (machine, version) => {
    let engine: T | undefined
    beforeAll(async () => {
      engine = await start(machine)
    })
    afterEach(() => engine?.reset())
    afterAll(() => engine?.stop())
    body(() => {
      if (engine === undefined) throw new Error('it has not started')
      return engine
    }, version)
  })
}

/** Reports what cannot be tested, because something is not installed. */
export function reportMissing(name: string, machine: Machine | undefined, reason: string): void {
  const title = `${name} (${reason})`
  const isMissed = machine !== undefined && process.env.CI !== undefined && reason !== FORBIDDEN
  if (isMissed) test(title, () => Promise.reject(new Error(reason)))
  else test.skip(title, () => {})
}

const FORBIDDEN = 'needs the right to mount'

function whyMissing({ machine, programs, mounts = false }: Needs): string | undefined {
  if (machine === undefined) return 'TRANSLOAD_ENGINES names no root'
  if ((mounts || machine.root !== undefined) && !mayMount()) return FORBIDDEN
  const missing = programs.filter((program) => !machine.has(program))
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`
}

/** The first thing in what a program says of its version that looks like one; empty if nothing does. */
function versionOf(machine: Machine, program: string): string {
  return /\d+\.\d+\.\d+/.exec(machine.ask(program, '--version'))?.[0] ?? ''
}
