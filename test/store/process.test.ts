import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isDead, thisProcess } from '../../src/store/process.js'

const here = thisProcess()

test('this process is alive', () => {
  expect(here.pid).toBe(process.pid)
  expect(isDead(here)).toBe(false)
})

test('a process that has ended is dead', () => {
  expect(isDead({ ...here, pid: spawnSync(process.execPath, ['--version']).pid })).toBe(true)
})

test.skipIf(process.platform !== 'linux')(
  'a process that has ended is dead also while nobody asks about it',
  async () => {
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer]
      const pid = Number(line.toString())
      const startTime = ''
      await expect.poll(() => isDead({ ...here, pid, startTime })).toBe(true)
    } finally {
      parent.kill()
    }
  },
)

test('a process of before the last boot is dead', () => {
  expect(isDead({ ...here, boot: 'another' })).toBe(here.boot !== '')
})

test('a pid that was given anew is not the process that had it', () => {
  expect(isDead({ ...here, startTime: '1' })).toBe(true)
})

test.each([{ host: 'another' }, { pidNamespace: 'pid:[1]' }])(
  'of a process elsewhere nothing is certain: %j',
  (other) => {
    expect(isDead({ ...here, pid: 999_999_999, ...other })).toBe(false)
  },
)
