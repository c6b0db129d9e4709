import { readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { unpackRootfs } from '../../src/commands/unpackRootfs.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, imageWith } from '../fixtures/image.js'

test.each([
  [
    'fails at a link',
    [
      { name: 'a/b/c/f', content: 'x' },
      { name: 'a/l', type: '1', linkTarget: 'none' },
    ],
  ],
  ['fails at a whiteout', [{ name: 'a/b/c/f', content: 'x' }, { name: 'a/f', content: 'x' }, { name: '.wh.' }]],
  ['succeeds', [{ name: 'a/b/c/f', content: 'x' }]],
])('a thread that %s leaves no file open', async (_how, entries) => {
  const root = await temporaryDirectory()
  const archive = await temporaryFile(dockerArchive(imageWith([entries])))
  const work = () => unpackRootfs(archive, join(root, `${Math.random()}`)).catch(() => {})
  // What is loaded once stays open.
  await work()
  const before = open(root)
  for (let time = 0; time < 5; time++) await work()
  expect(open(root)).toEqual(before)
  expect(before).toEqual([])
})

/** What this process has open below a path. */
function open(path: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((file) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${file}`)
      return target.startsWith(path) ? [target] : []
    } catch {
      // The list's own.
      return []
    }
  })
}
