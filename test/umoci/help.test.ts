import { expect, test } from 'vitest'
import { GROUP, TOP } from '../../src/umoci/commands.js'
import { umoci } from '../fixtures/umoci.js'

test.each(['', 'help', 'h', '--help', '-h', 'help help', 'help h'])('umoci %s lists the commands', async (args) => {
  const { status, stdout, stderr } = await umoci(args)
  expect({ status, stderr }).toEqual({ status: 0, stderr: [] })
  const lines = stdout.split('\n')
  expect(lines.slice(0, 5)).toEqual([
    'NAME:',
    '   umoci - umoci modifies Open Container images',
    '',
    'USAGE:',
    '   umoci [global options] command [command options] [arguments...]',
  ])
  expect(lines.filter((line) => /^ {3}\w+:$/.test(line))).toEqual(['   image:', '   layout:'])
  expect(lines.filter((line) => line.startsWith('     ')).map((line) => line.split(/ {2,}/)[1])).toEqual([
    ...['config', 'unpack', 'repack', 'new', 'tag', 'remove, rm', 'stat', 'insert'],
    ...['gc', 'init', 'list, ls'],
  ])
  expect(stdout).not.toContain('cpu-profile')
})

test.each(['raw', 'raw help', 'raw -h', 'help raw', 'raw help help'])(
  'umoci %s lists the raw commands',
  async (args) => {
    const { status, stdout } = await umoci(args)
    expect(status).toBe(0)
    expect(stdout).toMatch(/^NAME:\n {3}umoci raw - /)
    expect(stdout).toContain('     runtime-config, config  ')
    expect(stdout).not.toContain('mtree')
  },
)

test.each(TOP.flatMap(({ name, aliases = [] }) => [name, ...aliases].map((each) => [each, name] as const)))(
  'the help of %s is that of %s',
  async (each, name) => {
    for (const args of [`${each} --help`, `${each} -h`, `help ${each}`]) {
      const { status, stdout, stderr } = await umoci(args)
      expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: [] })
      expect(stdout.split('\n')[1]).toMatch(new RegExp(`^   umoci ${name} - `))
    }
  },
)

test.each(GROUP.commands.flatMap(({ name, aliases = [] }) => [name, ...aliases].map((each) => [each, name] as const)))(
  'the help of raw %s is that of raw %s',
  async (each, name) => {
    for (const args of [`raw ${each} --help`, `raw help ${each}`]) {
      const { status, stdout } = await umoci(args)
      expect({ args, status }).toEqual({ args, status: 0 })
      expect(stdout.split('\n')[1]).toMatch(new RegExp(`^   umoci raw ${name} - `))
    }
  },
)

test('help is found behind other arguments, except by config, whose values may look like it', async () => {
  expect(await umoci('list extra --help')).toMatchObject({ status: 0, stderr: [] })
  expect(await umoci('config extra --help')).toMatchObject({ status: 1, stdout: '' })
})

test('options are aligned, with their names, their kinds and the usual value', async () => {
  const { stdout } = await umoci('raw add-layer -h')
  expect(stdout).toContain(`
OPTIONS:
   --tag value                 name of the new image (usually the tag of --image)
   --no-history                add no history entry
`)
  expect(stdout).toContain('none, gzip, zstd or auto (default: "auto")\n')
  expect((await umoci('raw mtree-validate -h')).stdout).toContain(
    '\n   --manifest value, -f value, --file value  mtree',
  )
})
