import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { start, transload } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, imageWith } from '../fixtures/image.js'
import { treeOf } from '../fixtures/rootfs.js'
import type { EntrySpec } from '../fixtures/tar.js'

const MOMENTS = 8

const FILES: EntrySpec[] = Array.from({ length: 3000 }, (_each, at) => ({
  name: `d${at % 50}/${at}`,
  content: `${at}`,
}))
const ARCHIVE = dockerArchive(imageWith([FILES, [{ name: 'd1/.wh..wh..opq' }]]))

describe.each([
  ['a bundle', ['unpack'], 'b', /^rootfs\.partial-/],
  ['a directory', ['raw', 'unpack'], '.', /^b\.partial-/],
] as const)('%s whose command is killed', (_what, command, place, form) => {
  test('is not there, but for a directory that the next command removes', async () => {
    const root = await temporaryDirectory()
    const archive = await temporaryFile(ARCHIVE)
    const words = [...command, '--image', archive, join(root, 'b')]
    const partials = new Set<number>()
    for (let moment = 0; moment < MOMENTS; moment++) {
      const child = start(...words)
      await until(() => child.exitCode !== null || partialIn(join(root, place), form) !== undefined)
      await new Promise((resolve) => setTimeout(resolve, moment * 40))
      child.kill('SIGKILL')
      const { status } = await child.finished
      if (status === 0) break
      const left = readdirSync(join(root, place))
      partials.add(left.length)
      expect(left.filter((name) => !form.test(name))).toEqual([])
      // One of its own at most: the one before has been cleared.
      expect(left.length).toBeLessThan(3)
      const [first = ''] = left
      expect(lstatSync(join(root, place, first)).mode & 0o777).toBe(0o700)
    }
    expect(partials.size).toBeGreaterThan(0)
    if (!existsSync(join(root, 'b', 'rootfs')) && !existsSync(join(root, 'b', 'd0'))) {
      expect(await transload(...words)).toMatchObject({ status: 0 })
    }
    expect(partialIn(join(root, place), form)).toBeUndefined()
    const tree = treeOf(place === 'b' ? join(root, 'b', 'rootfs') : join(root, 'b'))
    expect(Object.keys(tree).filter((name) => name.startsWith('d2/'))).toHaveLength(61)
    expect(Object.keys(tree).filter((name) => name.startsWith('d1/'))).toEqual(['d1/'])
  }, 120_000)
})

function partialIn(path: string, form: RegExp): string | undefined {
  return existsSync(path) ? readdirSync(path).find((name) => form.test(name)) : undefined
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}
