import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { transload } from '../fixtures/cli.js'

test('help lists the commands and teaches by example', async () => {
  const { status, stdout, stderr } = await transload('--help')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toContain('transload convert [source] [destination]')
  expect(stdout).toContain('docker save app:v1 | transload convert - oci:app')
})

test('help of a command lists its options and examples', async () => {
  const { status, stdout } = await transload('convert', '--help')
  expect(status).toBe(0)
  expect(stdout).toContain('transload convert SOURCE DESTINATION')
  for (const option of ['--image', '--platform', '--tag', '--layers', '--json', '--strict'])
    expect(stdout).toContain(option)
  expect(stdout).toContain('Examples:')
})

test('help asked as a command is that of the command', async () => {
  const { status, stdout } = await transload('help', 'inspect')
  expect(status).toBe(0)
  expect(stdout).toBe((await transload('inspect', '--help')).stdout)
})

test.each(['--version', '-V'])('%s prints the version of the package', async (option) => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(await transload(option)).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
})

test('without a command it says how it is used', async () => {
  const { status, stderr } = await transload()
  expect(status).toBe(2)
  expect(stderr).toContain('the command is missing: expected convert, copy, inspect')
})

test('a misspelt command is recognised', async () => {
  const { status, stderr } = await transload('conver', 'a', 'b')
  expect(status).toBe(2)
  expect(stderr).toBe('transload: unknown command conver\nhint: did you mean convert?\n')
})
