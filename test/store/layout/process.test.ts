import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { stateOf, thisProcess } from '../../../src/store/layout/process.js'

const here = thisProcess()

test('this process runs', () => {
  expect(here.pid).toBe(process.pid)
  expect(stateOf(here)).toBe('running')
})

test('a process that has ended is gone', () => {
  expect(stateOf({ ...here, pid: spawnSync(process.execPath, ['--version']).pid })).toBe('gone')
})

test.skipIf(process.platform !== 'linux')(
  'a process that has ended is gone also while nobody asks about it',
  async () => {
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer]
      const pid = Number(line.toString())
      const startTime = ''
      await expect.poll(() => stateOf({ ...here, pid, startTime })).toBe('gone')
    } finally {
      parent.kill()
    }
  },
)

test('a pid that was given anew is not the process that had it', () => {
  expect(stateOf({ ...here, startTime: '1' })).toBe('gone')
})

test.each([{ host: 'another' }, { boot: 'another' }, { pidNamespace: 'pid:[1]' }])(
  'of a process elsewhere nothing is certain: %j',
  (other) => {
    expect(stateOf({ ...here, pid: 999_999_999, ...other })).toBe('elsewhere')
  },
)
