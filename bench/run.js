// Measures transload beside others and beside the machine's own limit, in alternation, and prints how they compare.
// node bench/run.js [--bytes N] [--scale X] [--rounds N] [--only JOB,JOB] [--cache DIRECTORY] [--write DIRECTORY]
import { spawnSync } from 'node:child_process'
import { copyFileSync, lstatSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { jobsOf, material } from './jobs.js'
import { measure, median } from './measure.js'
import { judged, markdown, picture, text } from './report.js'

const here = fileURLToPath(new URL('.', import.meta.url))
const { values } = parseArgs({
  options: {
    bytes: { type: 'string', default: '1600000000' },
    scale: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    cache: { type: 'string', default: join(here, '.cache') },
    write: { type: 'string' },
  },
})
const cache = resolve(values.cache)
mkdirSync(cache, { recursive: true })
const made = await material({ bytes: Number(values.bytes), scale: Number(values.scale), cache })
const { archive, out } = made
const jobs = Object.entries(jobsOf(made)).filter(([name]) => values.only?.split(',').includes(name) ?? true)

const rows = []
for (const [name, job] of jobs) {
  const missing = await job.needs?.().then(() => undefined, String)
  if (missing !== undefined) {
    console.log(`\n${name}: ${job.title}\n  – not measured: ${missing.split('\n')[0]}`)
    continue
  }
  const row = judged({ name, ...job }, await runsOf(Object.entries(job.contestants)), statSync(archive).size)
  console.log(text(row))
  rows.push(row)
}
if (values.write !== undefined) {
  mkdirSync(values.write, { recursive: true })
  const about = { bytes: statSync(archive).size, rounds: Number(values.rounds) }
  writeFileSync(join(values.write, 'bench.md'), markdown(rows, about))
  writeFileSync(join(values.write, 'bench.svg'), picture(rows, about))
}

/** The median run of each contestant that is installed. */
async function runsOf(contestants) {
  const installed = contestants
    .map(([name, contestant]) => [name, Array.isArray(contestant) ? { command: contestant } : contestant])
    .filter(([, { command }]) => spawnSync('which', [command[0]]).status === 0)
  const runs = new Map(installed.map(([name]) => [name, []]))
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, { command, stdin }] of rotated(installed, round)) {
      clear()
      warmUp()
      const run = await measure(command, { stdin })
      runs.get(name).push({ ...run, bytes: sizeOf(out) })
    }
  }
  clear()
  return new Map([...runs].map(([name, all]) => [name, median(all)]))
}

function clear() {
  rmSync(out, { recursive: true, force: true })
}

/**
 * Leaves every contestant the same memory: a virtual machine may give freed memory back to its host, so that who writes
 * next to a pause or a large removal pays for getting it again.
 */
function warmUp() {
  copyFileSync(archive, `${out}.warm`)
  rmSync(`${out}.warm`)
  spawnSync('sync')
}

/** Another one first in every round: what a run finds in the caches depends on the run before. */
function rotated(list, by) {
  return [...list.slice(by % list.length), ...list.slice(0, by % list.length)]
}

/** Bytes of a file, or of all files below a directory, links unfollowed; 0 if there is nothing. */
function sizeOf(path) {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined || !found.isDirectory()) return found?.size ?? 0
  return readdirSync(path).reduce((total, name) => total + sizeOf(join(path, name)), 0)
}
