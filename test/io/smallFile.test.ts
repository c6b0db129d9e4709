import { execFileSync } from 'node:child_process'
import { mkdir, stat, symlink, utimes } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSmallFile } from '../../src/io/smallFile.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'

test('a file is read with its date and its owner', async () => {
  const path = await temporaryFile(Buffer.from('text'))
  await utimes(path, 1000, 1000)
  const { uid } = await stat(path)
  expect(readSmallFile(path, { limit: 4 })).toMatchObject({
    bytes: Buffer.from('text'),
    writtenAt: 1_000_000,
    owner: uid,
  })
})

test('a file of many pieces is read whole', async () => {
  const bytes = Buffer.alloc(200_000, 'x')
  expect(readSmallFile(await temporaryFile(bytes), { limit: 200_000 })?.bytes).toEqual(bytes)
})

test('nothing is undefined', async () => {
  expect(readSmallFile(join(await temporaryDirectory(), 'none'), { limit: 4 })).toBeUndefined()
})

test('a file that is larger than it may be is refused', async () => {
  const path = await temporaryFile(Buffer.from('text'))
  expect(() => readSmallFile(path, { limit: 3, where: 'here' })).toThrow(
    expect.objectContaining({ code: 'UNSAFE', where: 'here' }),
  )
})

test.runIf(process.platform === 'linux')('a file that states no size is bounded, too', () => {
  expect(() => readSmallFile('/proc/self/maps', { limit: 10 })).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
})

describe('without following or waiting, it is refused where there is', () => {
  test.each<[string, (path: string) => unknown]>([
    ['a named pipe', (path) => execFileSync('mkfifo', [path])],
    ['a directory', (path) => mkdir(path)],
    ['a symbolic link', (path) => symlink('/dev/zero', path)],
    ['a symbolic link', (path) => symlink('nothing', path)],
    ['a socket', (path) => new Promise<void>((done) => createServer().unref().listen(path, done))],
  ])('%s', async (found, put) => {
    const path = join(await temporaryDirectory(), 'it')
    await put(path)
    expect(() => readSmallFile(path, { limit: 4 })).toThrow(expect.objectContaining({ code: 'UNSAFE', found }))
  })

  test('a device', () => {
    expect(() => readSmallFile('/dev/zero', { limit: 4 })).toThrow(
      expect.objectContaining({ code: 'UNSAFE', found: 'a device' }),
    )
  })
})
