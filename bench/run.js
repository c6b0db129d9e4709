// Measures transload beside skopeo and beside the machine's own limit, in alternation.
// node bench/run.js [--bytes N] [--rounds N] [--only JOB] [--cache DIRECTORY]
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { archiveOf } from './archive.js'
import { measure, median } from './measure.js'

const here = fileURLToPath(new URL('.', import.meta.url))
const { values } = parseArgs({
  options: {
    bytes: { type: 'string', default: '1600000000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    cache: { type: 'string', default: join(here, '.cache') },
  },
})
mkdirSync(values.cache, { recursive: true })
const archive = archiveOf(Number(values.bytes), values.cache)
const out = join(values.cache, 'out')
const transload = [process.execPath, join(here, '../dist/cli/bin.js'), 'convert']
const skopeo = ['skopeo', '--insecure-policy', 'copy', '-q', `docker-archive:${archive}`, `oci:${out}:bench`]
/** The same image as a layout with gzip layers, for the way back. */
const layout = join(values.cache, `${values.bytes}.oci`)
const skopeoBack = ['skopeo', '--insecure-policy', 'copy', '-q', `oci:${layout}`, `docker-archive:${out}:bench:latest`]

if (!existsSync(layout)) {
  await measure([...transload, archive, `oci:${layout}.making`, '--layers', 'gzip'])
  renameSync(`${layout}.making`, layout)
}

/** Each job with its contestants; the first one is ours. */
const jobs = {
  keep: {
    transload: [...transload, archive, `oci:${out}`],
    skopeo: [...skopeo, '--dest-oci-accept-uncompressed-layers'],
    limit: [process.execPath, join(here, 'limit.js'), archive, out],
    sha256: ['openssl', 'dgst', '-sha256', archive],
  },
  pipe: {
    transload: { command: [...transload, '-', `oci:${out}`], stdin: archive },
    file: [...transload, archive, `oci:${out}`],
    sha256: ['openssl', 'dgst', '-sha256', archive],
  },
  gzip: { transload: [...transload, archive, `oci:${out}`, '--layers', 'gzip'], skopeo },
  zstd: {
    transload: [...transload, archive, `oci:${out}`, '--layers', 'zstd'],
    skopeo: [...skopeo, '--dest-compress-format', 'zstd'],
  },
  docker: {
    transload: [...transload, `oci:${layout}`, `docker-archive:${out}`],
    pipe: ['sh', '-c', `${[...transload, `oci:${layout}`, '-'].join(' ')} | cat`],
    skopeo: skopeoBack,
  },
  'docker-legacy': {
    transload: [...transload, `oci:${layout}`, `docker-archive:${out}`, '--format', 'docker-legacy'],
    skopeo: skopeoBack,
  },
}

for (const [job, contestants] of Object.entries(jobs)) {
  if (values.only !== undefined && values.only !== job) continue
  const runs = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]))
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, contestant] of rotated(Object.entries(contestants), round)) {
      const { command, stdin } = Array.isArray(contestant) ? { command: contestant } : contestant
      if (spawnSync('which', [command[0]]).status !== 0) continue
      rmSync(out, { recursive: true, force: true })
      warmUp()
      runs[name].push(await measure(command, { stdin }))
    }
  }
  print(job, runs)
}
rmSync(out, { recursive: true, force: true })

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

function print(job, runs) {
  const ours = median(runs.transload)
  console.log(`\n${job}, ${values.bytes} bytes, median of ${values.rounds}`)
  for (const [name, all] of Object.entries(runs)) {
    if (all.length === 0) {
      console.log(`  ${name.padEnd(10)} not installed`)
      continue
    }
    const { wall, cpu, memory } = median(all)
    const ratio = name === 'transload' ? '' : `  transload takes ${(ours.wall / wall).toFixed(2)} x its wall time`
    console.log(
      `  ${name.padEnd(10)} ${wall.toFixed(2)} s wall  ${cpu.toFixed(2)} s CPU  ${memory.toFixed(0).padStart(4)} MB${ratio}`,
    )
  }
}
