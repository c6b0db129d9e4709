import { execFile } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { temporaryDirectory } from './fixtures/directory.js'
import { packPackage } from './fixtures/installed.js'

const run = promisify(execFile)

test('npm installs it alone, without the network, a script or a warning', async () => {
  const place = await temporaryDirectory()
  await writeFile(join(place, 'package.json'), '{"private":true}')
  const options = ['--offline', '--no-audit', '--no-fund', '--no-update-notifier', '--foreground-scripts']
  const { stdout, stderr } = await run('npm', ['install', ...options, await packPackage(place)], { cwd: place })
  expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: expect.stringMatching(/^added 1 package/), stderr: '' })
  const installed = await readdir(join(place, 'node_modules'))
  expect(installed.filter((name) => !name.startsWith('.'))).toEqual(['transload'])
  const bin = join(place, 'node_modules', '.bin', 'transload')
  expect((await run(bin, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
}, 120_000)
