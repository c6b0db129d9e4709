import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { directoryContents } from '../../src/archive/directoryDoor.js'
import { contextOf } from '../../src/bytes/context.js'
import { collect } from '../fixtures/bytes.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'

test('a directory has its files by their paths, without what is ours', async () => {
  const root = await temporaryDirectory()
  await mkdir(join(root, 'a/b'), { recursive: true })
  await mkdir(join(root, '.transload-00000000-0000-4000-8000-000000000000'))
  await writeFile(join(root, 'a/b/file'), 'text')
  await writeFile(join(root, '.transload-00000000-0000-4000-8000-000000000000/1'), 'half')
  const { members, open } = await directoryContents(root, contextOf({}))
  expect([...members.paths()]).toEqual(['a', 'a/b', 'a/b/file'])
  const [file] = members.find('a/b/file')
  expect(file).toMatchObject({ type: 'file', size: 4 })
  expect(file && (await collect(open(file))).toString()).toBe('text')
})

test('links are followed within it, and never out of it', async () => {
  const root = await temporaryDirectory()
  const secret = await temporaryFile(Buffer.from('secret'), 'secret')
  await mkdir(join(root, 'a'))
  await writeFile(join(root, 'file'), 'text')
  await symlink('../file', join(root, 'a/inner'))
  await symlink('../../secret', join(root, 'a/outer'))
  await symlink(secret, join(root, 'absolute'))
  const { members } = await directoryContents(root, contextOf({}))
  expect(members.find('a/inner')).toMatchObject([{ path: 'file' }])
  expect(() => members.find('a/outer')).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
  expect(members.find('absolute')).toEqual([])
})

test('a file that became a link in the meantime is refused', async () => {
  const root = await temporaryDirectory()
  const secret = await temporaryFile(Buffer.from('secret'), 'secret')
  await symlink(secret, join(root, 'file'))
  const { open } = await directoryContents(root, contextOf({}))
  await expect(collect(open({ path: 'file', type: 'file', size: 6 }))).rejects.toMatchObject({ code: 'ELOOP' })
})
