import { spawn } from 'node:child_process'
import { chmod, chown, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { BIN, USERS, watched } from './fixtures/cli.js'
import { temporaryDirectory } from './fixtures/directory.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const PAGE = join(root, 'docs', 'tour.md')
/** A block of commands, each behind `$ `, with what they print. Blocks of other languages are not run. */
const BLOCK = /(?<=^```console\n).*?(?=^```$)/gms

/** Who takes the tour, and where: what they see is the same. */
const TOURISTS = USERS.map((user, at) => ({ ...user, timeZone: ['UTC', 'America/New_York'][at] }))

test.each(TOURISTS)(
  'the commands of docs/tour.md print what it shows, for $name; UPDATE_DOCS=1 writes it anew',
  { timeout: 300_000 },
  async (tourist) => {
    const real = await withRealOutputs(await readFile(PAGE, 'utf8'), tourist)
    if (process.env.UPDATE_DOCS === '1') await writeFile(PAGE, real)
    expect(await readFile(PAGE, 'utf8')).toBe(real)
  },
)

type Tourist = (typeof TOURISTS)[number]

/** A page with what its commands print now. @throws if one of them fails */
async function withRealOutputs(page: string, tourist: Tourist): Promise<string> {
  const outputs = await outputsOf((page.match(BLOCK) ?? []).flatMap(commandsOf), tourist)
  const shown = (command: string) => `$ ${command}\n${outputs.shift()}`
  return page.replace(BLOCK, (block) => commandsOf(block).map(shown).join(''))
}

function commandsOf(block: string): string[] {
  return [...block.matchAll(/^\$ (.*)$/gm)].map(([, command = '']) => command)
}

/** What each of some commands prints, on either stream, in one shell. @throws with what the one says that fails */
async function outputsOf(commands: readonly string[], { uid, timeZone }: Tourist): Promise<string[]> {
  expect(commands).not.toEqual([])
  const place = await placeOf(uid)
  // A NUL before the output of each: no output has one.
  const script = ['exec 2>&1', 'set -e', 'umask 022', ...commands.map((command) => `printf '\\0'\n${command}`)]
  const env = { PATH: [join(place, 'bin'), process.env.PATH].join(delimiter), HOME: place, TZ: timeZone, LC_ALL: 'C' }
  const as = process.getuid?.() === uid ? {} : { uid, gid: uid }
  const shell = watched(spawn('sh', ['-c', script.join('\n')], { cwd: place, env, ...as }))
  shell.stdin?.end()
  const { status, stdout } = await shell.finished
  // Spaces at the ends of lines are not for a page.
  const outputs = stdout.replace(/ +$/gm, '').split('\0').slice(1)
  if (status !== 0) throw new Error(`${commands[outputs.length - 1]}: ${outputs.at(-1)}`)
  return outputs
}

/** A directory of a user, with the samples, and with the command line as an installation gives it. */
async function placeOf(uid: number): Promise<string> {
  const place = await temporaryDirectory()
  await cp(join(root, 'samples'), join(place, 'samples'), { recursive: true })
  await mkdir(join(place, 'bin'))
  await writeFile(join(place, 'bin', 'transload'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`)
  for (const path of ['bin', 'bin/transload', 'samples']) await chmod(join(place, path), 0o755)
  if (process.getuid?.() !== uid) await chown(place, uid, uid)
  return place
}
