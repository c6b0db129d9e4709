import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { thisProcess } from '../../src/store/layout/process.js'
import { start, transload } from '../fixtures/cli.js'
import { filesBelow, temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image } from '../fixtures/image.js'

test('the first interrupt ends the wait for a lock whose owner lives', async () => {
  const layout = join(await temporaryDirectory(), 'layout')
  const archive = await temporaryFile(dockerArchive(image()))
  await transload('convert', archive, layout)
  await writeFile(join(layout, '.transload.lock'), JSON.stringify(thisProcess()))
  const before = await filesBelow(layout)
  const waiting = start('convert', archive, layout)
  // It has staged something then, and soon has nothing left to do but to wait.
  await expect.poll(() => readdir(layout), { timeout: 10_000 }).toHaveLength(5)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(waiting.exitCode).toBeNull()
  waiting.kill('SIGINT')
  expect(await waiting.finished).toMatchObject({ status: 130 })
  expect(await filesBelow(layout)).toEqual(before)
}, 20_000)
