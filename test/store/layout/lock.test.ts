import { spawnSync } from 'node:child_process'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { acquireLock } from '../../../src/store/layout/lock.js'
import { thisProcess } from '../../../src/store/layout/process.js'
import { temporaryDirectory } from '../../fixtures/directory.js'

test('a lock is a file that names its owner, gone after use', async () => {
  const path = await lockPath()
  const lock = await acquireLock(path)
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid })
  await lock.assertHeld()
  await lock[Symbol.asyncDispose]()
  expect(await readdir(join(path, '..'))).toEqual([])
})

test('only one holds it at a time', async () => {
  const path = await lockPath()
  let holders = 0
  const most: number[] = []
  const hold = async () => {
    await using _ = await acquireLock(path)
    most.push(++holders)
    await new Promise((resolve) => setImmediate(resolve))
    holders--
  }
  await Promise.all([hold(), hold(), hold()])
  expect(most).toEqual([1, 1, 1])
})

test('the lock of a dead process is broken, by one of many', async () => {
  const path = await lockPath()
  const pid = spawnSync(process.execPath, ['--version']).pid
  await writeFile(path, JSON.stringify({ ...thisProcess(), pid }))
  let holders = 0
  const hold = async () => {
    await using lock = await acquireLock(path)
    expect(++holders).toBe(1)
    await lock.assertHeld()
    holders--
  }
  await Promise.all([hold(), hold(), hold()])
  expect(await readdir(join(path, '..'))).toEqual([])
})

test.each(['', JSON.stringify({ ...thisProcess(), boot: 'another' }), JSON.stringify(thisProcess())])(
  'the lock of an owner that shows no sign of life for long is broken: %s',
  async (content) => {
    const path = await lockPath()
    await writeFile(path, content)
    await using lock = await acquireLock(path, { silence: 0 })
    await lock.assertHeld()
  },
)

test('the lock of an owner that shows signs of life is waited for, but not for ever', async () => {
  const path = await lockPath()
  const record = JSON.stringify({ ...thisProcess(), boot: 'another' })
  await writeFile(path, record)
  const beating = setInterval(() => void writeFile(path, record, { flag: 'r+' }), 20)
  try {
    await expect(acquireLock(path, { silence: 3_000, patience: 4_000 })).rejects.toMatchObject({
      code: 'SYSTEM',
      where: path,
    })
    expect(await readFile(path, 'utf8')).toBe(record)
  } finally {
    clearInterval(beating)
  }
})

test('the wait for a lock can be stopped', async () => {
  const path = await lockPath()
  await writeFile(path, '')
  const controller = new AbortController()
  const waiting = acquireLock(path, { signal: controller.signal })
  setTimeout(() => controller.abort(), 50)
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
})

test('what is no lock of ours is neither broken nor waited for', async () => {
  const path = await lockPath()
  await writeFile(path, 'not by us')
  await expect(acquireLock(path)).rejects.toMatchObject({ code: 'UNSAFE', where: path })
  expect(await readFile(path, 'utf8')).toBe('not by us')
})

test('an owner shows that it lives by writing its record once more', async () => {
  const path = await lockPath()
  await using _ = await acquireLock(path, { beat: 10 })
  const { mtimeMs } = await stat(path)
  await expect.poll(async () => (await stat(path)).mtimeMs).toBeGreaterThan(mtimeMs)
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid })
})

test('an owner notices that its lock was taken over, and leaves the new one', async () => {
  const path = await lockPath()
  const lock = await acquireLock(path)
  expect(lock.isHeld()).toBe(true)
  await writeFile(path, 'another')
  expect(lock.isHeld()).toBe(false)
  await expect(lock.assertHeld()).rejects.toMatchObject({ code: 'SYSTEM', where: path })
  await lock[Symbol.asyncDispose]()
  expect(await readFile(path, 'utf8')).toBe('another')
})

async function lockPath(): Promise<string> {
  return join(await temporaryDirectory(), 'lock')
}

test('however long the queue is, one holds the lock at a time', async () => {
  const path = join(await temporaryDirectory(), 'lock')
  let inside = 0
  let most = 0
  const use = async () => {
    await using lock = await acquireLock(path, { silence: 2_000 })
    most = Math.max(most, ++inside)
    await new Promise((resolve) => setTimeout(resolve, 120))
    await lock.assertHeld()
    inside--
  }
  await Promise.all(Array.from({ length: 20 }, use))
  expect(most).toBe(1)
})
