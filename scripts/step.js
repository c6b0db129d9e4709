// Runs a step of the build only when it has something to do.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const RECORD = `${root}/.cache/build.json`

/** Inputs of every step: the tools are those of the lock file. */
const TOOLS = ['package.json', 'package-lock.json', 'scripts']

// A record that cannot be read, or was cut off, is none.
const done = await readFile(RECORD, 'utf8')
  .then(JSON.parse)
  .catch(() => ({}))

/**
 * Runs a step, unless it ran on the same inputs before, and all that it made is still as it left it.
 * @param {string} name
 * @param {{ from: string[], makes: string[] }} paths files and folders, relative to the root; what it makes is no input
 * @param {() => Promise<unknown>} run
 */
export async function step(name, { from, makes }, run) {
  const inputs = await digestOf([...TOOLS, ...from], makes)
  const isDone = done[name]?.inputs === inputs && done[name].outputs === (await digestOf(makes))
  if (isDone) return
  await run()
  done[name] = { inputs, outputs: await digestOf(makes) }
  await mkdir(`${root}/.cache`, { recursive: true })
  await writeFile(RECORD, JSON.stringify(done))
}

/** Of the names and contents of all files there. */
async function digestOf(paths, except = []) {
  const files = (await Promise.all(paths.map(filesOf))).flat().sort()
  const hash = createHash('sha256')
  for (const file of files) {
    if (except.some((path) => file === path || file.startsWith(`${path}/`))) continue
    const content = await readFile(`${root}/${file}`)
    hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

async function filesOf(path) {
  const stats = await stat(`${root}/${path}`).catch(() => undefined)
  if (stats === undefined) return []
  if (!stats.isDirectory()) return [path]
  const names = await readdir(`${root}/${path}`)
  return (await Promise.all(names.map((name) => filesOf(`${path}/${name}`)))).flat()
}
