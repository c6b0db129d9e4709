import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { readFile, replaceFile, syncDirectory } from '../../src/io/files.js'
import { collect, content } from '../fixtures/bytes.js'
import { filesBelow, temporaryDirectory, temporaryFile } from '../fixtures/directory.js'

test('a file is made, and replaced, and nothing else is left', async () => {
  const root = await temporaryDirectory()
  for (const text of ['old', 'new']) {
    await replaceFile(join(root, 'file'), Buffer.from(text), join(root, 'temporary'))
    expect(await filesBelow(root)).toEqual({ file: text })
  }
})

test('a temporary file that is there already is not overwritten', async () => {
  const root = await temporaryDirectory()
  await fs.writeFile(join(root, 'temporary'), 'of somebody else')
  const replacing = replaceFile(join(root, 'file'), Buffer.from('x'), join(root, 'temporary'))
  await expect(replacing).rejects.toMatchObject({ code: 'EEXIST' })
  expect(await filesBelow(root)).toEqual({ temporary: 'of somebody else' })
})

test('where a file cannot be replaced the temporary one is removed', async () => {
  const root = await temporaryDirectory()
  await fs.mkdir(join(root, 'file'))
  const replacing = replaceFile(join(root, 'file'), Buffer.from('x'), join(root, 'temporary'))
  await expect(replacing).rejects.toMatchObject({ syscall: 'rename' })
  expect(await fs.readdir(root)).toEqual(['file'])
})

test.each([0, 1, CHUNK, CHUNK + 1])('a file of %i bytes is read whole', async (length) => {
  const bytes = content(length)
  expect((await collect(readFile(await temporaryFile(bytes)))).equals(bytes)).toBe(true)
})

test('a symlink in place of a file is refused', async () => {
  const path = await temporaryFile(Buffer.from('secret'))
  const link = join(await temporaryDirectory(), 'link')
  await fs.symlink(path, link)
  await expect(collect(readFile(link))).rejects.toMatchObject({ code: 'ELOOP' })
})

test('a directory that is not there cannot be synced', async () => {
  const root = await temporaryDirectory()
  await syncDirectory(root)
  await expect(syncDirectory(join(root, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
})
