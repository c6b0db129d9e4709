import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HeldDirectory } from '../../../src/io/heldDirectory.js'
import {
  assertLayoutOrEmpty,
  linkedFolders,
  makeDirectory,
  removeMade,
  sizeOf,
  writeLayoutFile,
} from '../../../src/store/layout/layoutDirectory.js'
import { filesBelow, temporaryDirectory } from '../../fixtures/directory.js'

describe('making a directory', () => {
  test('makes those above it, and says which is the uppermost that it made', async () => {
    const root = await temporaryDirectory()
    expect(await makeDirectory(join(root, 'a/b/c'))).toBe(join(root, 'a'))
    expect(await makeDirectory(join(root, 'a/b/d'))).toBe(join(root, 'a/b/d'))
    expect((await readdir(join(root, 'a/b'))).sort()).toEqual(['c', 'd'])
  })

  test('makes nothing where one is, or a link to one', async () => {
    const root = await temporaryDirectory()
    await symlink(root, join(root, 'link'))
    expect(await makeDirectory(root)).toBeUndefined()
    expect(await makeDirectory(join(root, 'link'))).toBeUndefined()
    expect(await makeDirectory('/')).toBeUndefined()
  })

  test('is done by one of several who try at the same time', async () => {
    const root = await temporaryDirectory()
    const made = await Promise.all(Array.from({ length: 10 }, () => makeDirectory(join(root, 'a/b'))))
    expect(made.filter((path) => path === join(root, 'a'))).toHaveLength(1)
    expect(await readdir(join(root, 'a'))).toEqual(['b'])
  })

  test('is refused where a file is in the way', async () => {
    const root = await temporaryDirectory()
    await writeFile(join(root, 'file'), 'text')
    await expect(makeDirectory(join(root, 'file'))).rejects.toMatchObject({ code: 'EXISTS', where: join(root, 'file') })
    await expect(makeDirectory(join(root, 'file/a'))).rejects.toMatchObject({ code: 'ENOTDIR' })
    expect(await filesBelow(root)).toEqual({ file: 'text' })
  })

  test('leaves nothing behind where one of them cannot be made', async () => {
    const root = await temporaryDirectory()
    const tooLong = 'a'.repeat(300)
    await expect(makeDirectory(join(root, tooLong))).rejects.toMatchObject({ code: 'ENAMETOOLONG' })
    await expect(makeDirectory(join(root, 'a/b', tooLong))).rejects.toMatchObject({ code: 'ENAMETOOLONG' })
    expect(await readdir(root)).toEqual([])
    await mkdir(join(root, 'there'))
    await expect(makeDirectory(join(root, 'there/a', tooLong, 'b'))).rejects.toMatchObject({ code: 'ENAMETOOLONG' })
    expect(await readdir(root, { recursive: true })).toEqual(['there'])
  })

  test.runIf(platform() === 'linux')('fails where the system has no room for any', async () => {
    await expect(makeDirectory('/proc/a')).rejects.toMatchObject({ syscall: 'mkdir', path: '/proc/a' })
    await expect(makeDirectory('/proc/a/b')).rejects.toMatchObject({ syscall: 'mkdir', path: '/proc/a' })
  })
})

describe('removing what was made', () => {
  test('takes away the directory and those above it, up to the first that was made', async () => {
    const root = await temporaryDirectory()
    const first = await makeDirectory(join(root, 'a/b/c'))
    await removeMade(join(root, 'a/b/c'), first)
    expect(await readdir(root)).toEqual([])
  })

  test('stops where something is', async () => {
    const root = await temporaryDirectory()
    const first = await makeDirectory(join(root, 'a/b/c'))
    await writeFile(join(root, 'a/file'), 'mine')
    await removeMade(join(root, 'a/b/c'), first)
    expect(await readdir(join(root, 'a'))).toEqual(['file'])
  })

  test('takes nothing if nothing was made, and does not mind what is gone', async () => {
    const root = await temporaryDirectory()
    await mkdir(join(root, 'a'))
    await removeMade(join(root, 'a'), undefined)
    await removeMade(join(root, 'gone'), join(root, 'gone'))
    expect(await readdir(root)).toEqual(['a'])
  })
})

describe('a directory', () => {
  test.each([
    ['nothing', {}],
    ['a layout', { 'oci-layout': '{"imageLayoutVersion":"1.0.0"}', README: 'text' }],
    ['what interrupted commands left', { '.transload.lock': '' }],
  ])('with %s in it is taken', async (_, files) => {
    const root = await directoryWith(files)
    using held = HeldDirectory.open(root)
    assertLayoutOrEmpty(held)
    expect(await filesBelow(root)).toEqual(files)
  })

  test.each([
    ['something else', { 'diary.txt': 'mine' }, { code: 'EXISTS', found: 'diary.txt' }],
    [
      'the layout has another version',
      { 'oci-layout': '{"imageLayoutVersion":"2.0.0"}' },
      { code: 'UNSUPPORTED', found: '2.0.0' },
    ],
    ['a damaged oci-layout', { 'oci-layout': '{' }, { code: 'FORMAT' }],
  ])('with %s in it is refused', async (_, files, error) => {
    const root = await directoryWith(files)
    using held = HeldDirectory.open(root)
    expect(() => assertLayoutOrEmpty(held)).toThrow(
      expect.objectContaining({ ...error, where: expect.stringContaining(root) }),
    )
  })

  test('becomes a layout by one file, and that stays if it is there', async () => {
    const root = await temporaryDirectory()
    await mkdir(join(root, 'staging'))
    using held = HeldDirectory.open(root)
    using staging = held.openWithin('staging')
    expect(await sizeOf(join(root, 'oci-layout'))).toBeUndefined()
    await writeLayoutFile(held, staging)
    expect(await readFile(join(root, 'oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}')
    await writeFile(join(root, 'oci-layout'), '{ }')
    await writeLayoutFile(held, staging)
    expect(await filesBelow(root)).toEqual({ 'oci-layout': '{ }' })
  })
})

test('folders of blobs that are links are told', async () => {
  const root = await temporaryDirectory()
  using held = HeldDirectory.open(root)
  expect(linkedFolders(held)).toEqual([])
  await mkdir(join(root, 'blobs'))
  await symlink(await temporaryDirectory(), join(root, 'blobs', 'sha256'))
  expect(linkedFolders(held)).toEqual(['blobs/sha256'])
})

async function directoryWith(files: Record<string, string>): Promise<string> {
  const root = await temporaryDirectory()
  for (const [name, content] of Object.entries(files)) await writeFile(join(root, name), content)
  return root
}
