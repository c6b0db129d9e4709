import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import type { Writable } from 'node:stream'
import { promisify } from 'node:util'
import { once } from './once.js'

const execute = promisify(execFile)

/** Runs what follows in mounts of its own. */
const ALONE = ['unshare', '--mount'] as const
/** Runs what follows no longer than this process. */
const TIED = ['setpriv', '--pdeathsig', 'KILL', '--'] as const

/** Where programs of engines are: on the host, or in a Debian root of their own. */
export class Machine {
  constructor(readonly root?: string) {}

  /** Runs a program to its end; what it printed, without white space around. @throws if it fails, with what it said */
  async run(program: string, ...args: string[]): Promise<string> {
    const [file, ...rest] = this.#alone(program, args)
    const options = { maxBuffer: 1 << 26, timeout: 120_000, env: this.#environment() }
    try {
      return (await execute(file, rest, options)).stdout.trim()
    } catch (error) {
      const said = error instanceof Error && 'stderr' in error ? error.stderr : ''
      throw new Error(`${program} ${args.join(' ')} failed: ${said}`, { cause: error })
    }
  }

  /** Runs a program on what is written to it. @throws if it fails, with what it said */
  async feed(write: (to: Writable) => Promise<unknown>, program: string, ...args: string[]): Promise<void> {
    const [file, ...rest] = this.#alone(program, args)
    const child = spawn(file, rest, { env: this.#environment(), stdio: ['pipe', 'ignore', 'pipe'] })
    const said: Buffer[] = []
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
    // What it does not read is its business.
    child.stdin.on('error', () => {})
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    await write(child.stdin).finally(() => child.stdin.end())
    if ((await ended) !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${Buffer.concat(said)}`)
  }

  /** Starts a program that goes on. It is killed when the process that started it is. */
  start(program: string, args: string[], { log, timeZone }: { log: number; timeZone: string }): ChildProcess {
    const [file, ...rest] = [...TIED, ...this.#alone(program, args)]
    return spawn(file, rest, { stdio: ['ignore', log, log], env: { ...this.#environment(), TZ: timeZone } })
  }

  has(program: string): boolean {
    const [file, ...args] = this.#alone('sh', ['-c', 'command -v "$1"', 'sh', program])
    return spawnSync(file, args, { env: this.#environment() }).status === 0
  }

  /** What it prints at once; empty if it fails. */
  ask(program: string, ...args: string[]): string {
    const [file, ...rest] = this.#alone(program, args)
    const { status, stdout } = spawnSync(file, rest, { env: this.#environment(), encoding: 'utf8', timeout: 10_000 })
    return status === 0 ? stdout.trim() : ''
  }

  /** In mounts of its own as far as possible: what it mounts is gone with it, whatever happens. */
  #alone(program: string, args: readonly string[]): [string, ...string[]] {
    if (this.root !== undefined) {
      return [...ALONE, 'sh', '-ec', ENTER, 'sh', this.root, tmpdir(), program, ...args]
    }
    return mayMount() ? [...ALONE, program, ...args] : [program, ...args]
  }

  #environment(): NodeJS.ProcessEnv {
    const { DOCKER_CONTEXT: _, DOCKER_DEFAULT_PLATFORM: __, ...env } = process.env
    const quiet = { ...env, PODMAN_IGNORE_CGROUPSV1_WARNING: 'true' }
    return this.root === undefined ? quiet : { ...quiet, PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin' }
  }
}

/** This machine. */
export const HOST = new Machine()

/** The Debian root with other engines that TRANSLOAD_ENGINES names. */
export const OTHER = process.env.TRANSLOAD_ENGINES ? new Machine(process.env.TRANSLOAD_ENGINES) : undefined

/** Whether this process may mount: root, but not in every container. */
export const mayMount = once(() => {
  const [file, ...args] = ALONE
  return spawnSync(file, [...args, 'true']).status === 0
})

// An overlay, since engines want `/` to be a mount point, and nothing should be written into the root that was named.
const ENTER = `
root=$1 shared=$2
shift 2
cd "$root"
mount -t tmpfs tmpfs mnt
mkdir mnt/upper mnt/work
mount -t overlay -o lowerdir=.,upperdir=mnt/upper,workdir=mnt/work overlay .
cd "$root"
mount --rbind /proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mkdir -p "./$shared"
mount --bind "$shared" "./$shared"
exec chroot . "$@"
`
