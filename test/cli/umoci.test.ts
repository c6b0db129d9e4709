import { execFile } from 'node:child_process'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { BIN, transload } from '../fixtures/cli.js'
import { temporaryDirectory } from '../fixtures/directory.js'

const run = promisify(execFile)

test('a link to the program with the name umoci is umoci', async () => {
  const link = join(await temporaryDirectory(), 'umoci')
  await symlink(BIN, link)
  const { stdout } = await run(process.execPath, [link, '--version'])
  expect(stdout).toBe((await transload('umoci', '--version')).stdout)
  expect(stdout).toMatch(/^umoci version 0\.6\.0\n/)
})

test('a link with another name is transload', async () => {
  const link = join(await temporaryDirectory(), 'umoci2')
  await symlink(BIN, link)
  const { stdout } = await run(process.execPath, [link, '--version'])
  expect(stdout).toBe((await transload('--version')).stdout)
})

test('transload umoci has the exit statuses of umoci', async () => {
  expect(await transload('umoci', 'list')).toMatchObject({ status: 1, stdout: '' })
  expect(await transload('umoci', 'bogus')).toMatchObject({ status: 3, stdout: '' })
})

test('transload help umoci is the help of umoci', async () => {
  const help = await transload('umoci', '--help')
  expect(help.stdout).toMatch(/^NAME:\n {3}umoci - /)
  expect(await transload('help', 'umoci')).toEqual(help)
  expect(await transload('umoci')).toEqual(help)
  expect((await transload('help', 'umoci', 'gc')).stdout).toMatch(/^NAME:\n {3}umoci gc - /)
})

test('text of others cannot act on the terminal', async () => {
  const { stderr } = await transload('umoci', 'x\u001b[31m\n')
  expect(stderr).toBe("No help topic for 'x\\u001b[31m\\u000a'\n")
})
