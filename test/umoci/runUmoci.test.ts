import { expect, test } from 'vitest'
import * as library from '../../src/index.js'
import { runUmoci } from '../../src/umoci/runUmoci.js'
import { umoci } from '../fixtures/umoci.js'

test.each(['--version', '-v', '-v list'])(
  'umoci %s tells the release that it keeps to, and what it is',
  async (args) => {
    const { status, stdout } = await umoci(args)
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /^umoci version 0\.6\.0\nimage spec: 1\.1\.1\nruntime spec: 1\.2\.1\ngo: go1\..*transload 1\.2\.3/,
    )
  },
)

test.each(['bogus', 'raw bogus', 'help bogus', 'raw help bogus', 'gc2 --layout x'])(
  'umoci %s: an unknown command has its own exit status',
  async (args) => {
    const topic = args.replace(/^(raw )?(help )?| --.*$/g, '')
    expect(await umoci(args)).toEqual({ status: 3, stdout: '', stderr: [`No help topic for '${topic}'`] })
  },
)

test('a wrong flag is told before the help, and again at the end', async () => {
  const { status, stdout, stderr } = await umoci('init --bogus')
  expect({ status, stderr }).toEqual({ status: 1, stderr: ['   ⨯ flag provided but not defined: -bogus'] })
  expect(stdout).toMatch(/^Incorrect Usage: flag provided but not defined: -bogus\n\nNAME:\n {3}umoci init - /)
  expect((await umoci('--bogus')).stdout).toMatch(/^Incorrect Usage\. flag provided but not defined: -bogus\n\nNAME:/)
  expect((await umoci('raw --bogus')).stdout).toMatch(/^Incorrect Usage\. .*\n\nNAME:\n {3}umoci raw - /)
})

test.each([
  ['raw mtree-validate', 'Required flags "file, path" not set'],
  ['raw mtree-validate -p x', 'Required flag "file" not set'],
])('umoci %s: flags that have to be given are asked for', async (args, message) => {
  const { status, stdout, stderr } = await umoci(args)
  expect({ status, stderr }).toEqual({ status: 1, stderr: [`   ⨯ ${message}`] })
  expect(stdout).toMatch(/^NAME:\n/)
})

test.each([
  ['--log=foo list', 'parsing log level: invalid level'],
  ['--log list', 'parsing log level: invalid level'],
  ['--verbose --log=info list', '--log=* and --verbose are mutually exclusive'],
])('umoci %s: a wrong level is refused', async (args, message) => {
  expect(await umoci(args)).toEqual({ status: 1, stdout: '', stderr: [`   ⨯ ${message}`] })
})

test.each(['debug', 'info', 'warn', 'WARNING', 'error', 'fatal'])('the level %s shows errors', async (level) => {
  expect((await umoci(`--log=${level} list`)).stderr).toEqual(['   ⨯ missing mandatory argument: --layout'])
})

test('short messages are filled up, because umoci aligns what may follow', async () => {
  const lines: string[] = []
  await runUmoci(['tag', '--image', 'a:b', ''], {
    version: '',
    library,
    print: () => {},
    tell: (line) => void lines.push(line),
    withSignal: (work) => work(new AbortController().signal),
  })
  expect(lines).toEqual(['   ⨯ new tag cannot be empty  '])
})

test('a profile of Go is not made, which is told', async () => {
  const { stderr } = await umoci('--cpu-profile=x list')
  expect(stderr[0]).toBe('   • --cpu-profile is ignored: there is no Go program to profile')
})
