// Runs a command and says what it cost.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Clock ticks a second of /proc (always 100 for programs on Linux). */
const TICKS = 100

/**
 * Wall and CPU seconds and peak memory in MB of a command; CPU time and memory are sampled, so good to 10 ms, and left
 * out of a shell's, whose work others do.
 */
export function measure([command, ...args], { stdin } = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(command, args, { stdio: [stdin === undefined ? 'ignore' : feed(stdin), 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.on('data', (text) => (errors += text))
    let last = { cpu: 0, memory: 0 }
    const timer = setInterval(() => (last = sample(child.pid, last)), 5)
    child.on('error', reject)
    child.on('exit', (status) => {
      clearInterval(timer)
      if (status !== 0) return reject(new Error(`${command} ${args.join(' ')}: exit ${status}: ${errors}`))
      const wall = (performance.now() - started) / 1000
      resolve(command === 'sh' ? { wall } : { wall, ...last })
    })
  })
}

/** The reading end of a pipe, a real one as a shell makes it, that a file goes into. */
function feed(path) {
  const pipe = join(mkdtempSync(join(tmpdir(), 'bench-')), 'pipe')
  execFileSync('mkfifo', [pipe])
  spawn('sh', ['-c', 'cat "$0" > "$1"', path, pipe], { stdio: 'ignore' })
  const end = openSync(pipe, 'r')
  rmSync(dirname(pipe), { recursive: true })
  return end
}

function sample(pid, last) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    const memory = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    const cpu = (Number(fields[11]) + Number(fields[12])) / TICKS
    return { cpu: Math.max(cpu, last.cpu), memory: memory === undefined ? last.memory : Number(memory) / 1000 }
  } catch {
    return last
  }
}

/** The middle one by wall time. */
export function median(runs) {
  return [...runs].sort((a, b) => a.wall - b.wall)[Math.floor((runs.length - 1) / 2)]
}
