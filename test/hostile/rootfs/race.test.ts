import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ImageError } from '../../../src/spec/errors.js'
import { canary } from '../../fixtures/canary.js'
import { temporaryDirectory } from '../../fixtures/directory.js'
import { BACKENDS, written } from '../../fixtures/rootfs.js'
import type { EntrySpec } from '../../fixtures/tar.js'

/** More directories than stay open, so that each is opened again and again. */
const NAMES = Array.from({ length: 40 }, (_each, at) => `d${at}`)

/** Puts a link in the place of one directory after the other, and the directory back, until a file says stop. */
const SWAPPER = `
const fs = require('node:fs')
const [root, home, stop, ...names] = process.argv.slice(1)
const quietly = (work) => { try { work(); return true } catch { return false } }
const wait = (milliseconds) => { for (const end = performance.now() + milliseconds; performance.now() < end; ); }
let swaps = 0
for (let round = 0; round % 64 || !fs.existsSync(stop); round++) {
  const path = root + '/' + names[round * 7 % names.length]
  if (!quietly(() => fs.renameSync(path, root + '/away'))) continue
  if (quietly(() => fs.symlinkSync(home, path))) swaps++
  wait(round % 20 / 20)
  quietly(() => fs.unlinkSync(path))
  quietly(() => fs.renameSync(root + '/away', path))
  wait(round % 30 / 2)
}
fs.writeFileSync(stop, String(swaps))
`

const CONTENT = ['diary.txt', '1', 'deep/1', 'deep/er/file', 'link', 'new']

/** Entries that do all that can be done below directories that are swapped, with the names of the canary. */
const LAYERS: EntrySpec[][] = [
  [
    ...NAMES.map((name) => ({ name: `${name}/`, type: '5', mode: 0o777, mtime: 1 })),
    ...CONTENT.flatMap((file) =>
      NAMES.flatMap((name): EntrySpec[] => [
        { name: `${name}/${file}`, content: 'pwn', mode: 0o4777, mtime: 1 },
        { name: `${name}/s-${file.replaceAll('/', '-')}`, type: '2', linkTarget: 'x' },
      ]),
    ),
    ...NAMES.map((name) => ({ name: `${name}/l`, type: '1', linkTarget: `${name}/1` })),
  ],
  NAMES.flatMap((name) => [
    { name: `${name}/.wh.deep` },
    { name: `${name}/.wh.diary.txt` },
    { name: `${name}/.wh..wh..opq` },
  ]),
]

const ROUNDS = 30

describe.each(Object.entries(BACKENDS))('through %s', (_, backend) => {
  test('another process that swaps directories for links leads nothing to where they point', async () => {
    const { path: home, assertUntouched } = await canary()
    const stop = join(await temporaryDirectory(), 'stop')
    const parent = await temporaryDirectory()
    const path = join(parent, 'rootfs')
    const swapper = spawn(process.execPath, ['-e', SWAPPER, path, home, stop, ...NAMES], { cwd: '/', stdio: 'ignore' })
    const ended = new Promise((resolve) => swapper.on('close', resolve))
    const results = new Set<string>()
    try {
      const calls = await backend()
      const until = Date.now() + 8_000
      for (let round = 0; round < ROUNDS && Date.now() < until; round++) {
        results.add(await written(calls, LAYERS, { path }).then(() => 'written', codeOf))
        assertUntouched()
      }
    } finally {
      writeFileSync(stop, '')
      await ended
    }
    assertUntouched()
    expect(Number(readFileSync(stop, 'utf8'))).toBeGreaterThan(0)
    expect(results).not.toContain('INTERNAL')
  })
})

/** The code of a failure, of which there may be many; a system's error is one of ours. */
function codeOf(error: unknown): string {
  return error instanceof ImageError ? error.code : `${error}`
}
