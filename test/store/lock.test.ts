import { spawnSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { acquireLock } from '../../src/store/lock.js'
import { thisProcess } from '../../src/store/process.js'
import { temporaryDirectory } from '../fixtures/directory.js'

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

test.each(['not by us', JSON.stringify({ ...thisProcess(), host: 'another' })])(
  'the lock of who knows whom is broken once patience ends: %s',
  async (content) => {
    const path = await lockPath()
    await writeFile(path, content)
    await using lock = await acquireLock(path, 0)
    await lock.assertHeld()
  },
)

test('an owner notices that its lock was taken over, and leaves the new one', async () => {
  const path = await lockPath()
  const lock = await acquireLock(path)
  await writeFile(path, 'another')
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
    await using lock = await acquireLock(path, 300)
    most = Math.max(most, ++inside)
    await new Promise((resolve) => setTimeout(resolve, 20))
    await lock.assertHeld()
    inside--
  }
  await Promise.all(Array.from({ length: 20 }, use))
  expect(most).toBe(1)
})
