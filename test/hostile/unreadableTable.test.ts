import { execFileSync } from 'node:child_process'
import { mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { inspect } from '../../src/commands/inspect.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerEntries, image } from '../fixtures/image.js'
import { DOORS, unpacked } from '../fixtures/layout.js'
import { type EntrySpec, tar } from '../fixtures/tar.js'
import { v1Entries } from '../fixtures/v1.js'

const TABLES = ['manifest.json', 'index.json', 'repositories']

/** Layers that are images of another time if the table is passed over. */
const OLD = v1Entries([{ digit: 'a' }, { digit: 'b', parent: 'a' }])

const ENTRIES: [string, Omit<EntrySpec, 'name'>, string][] = [
  ['a directory', { type: '5' }, 'a directory'],
  ['a named pipe', { type: '6' }, 'a device, named pipe or socket'],
  ['a device', { type: '3' }, 'a device, named pipe or socket'],
  ['a dangling link', { type: '2', linkTarget: 'nothing' }, 'a symbolic link to nothing'],
  ['a link out of the archive', { type: '2', linkTarget: '/etc/passwd' }, 'a symbolic link to /etc/passwd'],
  ['a hard link to nothing', { type: '1', linkTarget: 'nothing' }, 'a hard link to nothing'],
]

describe.each(TABLES)('%s that is in an archive of layers before it, but as', (name) => {
  test.each(ENTRIES)('%s, is not passed over', async (_, entry, found) => {
    const archive = tar([...OLD, { name, ...entry }])
    for (const door of ['file', 'pipe']) {
      await refuses((await DOORS[door]?.(archive)) ?? '', { name, found })
    }
  })
})

const PLANTED: [string, (path: string) => unknown, string][] = [
  ['a directory', (path) => mkdir(path), 'a directory'],
  ['a named pipe', (path) => execFileSync('mkfifo', [path]), 'a device, named pipe or socket'],
  ['a dangling link', (path) => symlink('nothing', path), 'a symbolic link to nothing'],
  ['a link to /dev/zero', (path) => symlink('/dev/zero', path), 'a symbolic link to /dev/zero'],
  ['a link to a file elsewhere', elsewhere, 'a symbolic link to /'],
]

describe.each(TABLES)('%s that is in a directory of layers, but as', (name) => {
  test.each(PLANTED)('%s, is neither waited for nor passed over', async (_, plant, found) => {
    const path = await unpacked(tar(OLD))
    await plant(join(path, name))
    await refuses(path, { name, found })
  })
})

test('a table that is a link to a file of the archive is read', async () => {
  const entries = dockerEntries([image()]).map((entry) => {
    return entry.name === 'manifest.json' ? { ...entry, name: 'tables/manifest.json' } : entry
  })
  const archive = tar([...entries, { name: 'manifest.json', type: '2', linkTarget: 'tables/manifest.json' }])
  for (const door of Object.values(DOORS)) {
    expect((await inspect(await door(archive))).images).toMatchObject([{ names: ['app:v1'] }])
  }
})

test('a directory called repositories beside manifest.json does no harm', async () => {
  const path = await unpacked(tar(dockerEntries([image()])))
  await mkdir(join(path, 'repositories'))
  expect((await inspect(path)).images).toMatchObject([{ names: ['app:v1'] }])
  await rm(join(path, 'manifest.json'))
  await refuses(path, { name: 'repositories', found: 'a directory' })
})

type Source = Parameters<typeof convert>[0]

async function refuses(source: Source, { name, found }: { name: string; found: string }): Promise<void> {
  await expect(convert(source, `${await temporaryDirectory()}/layout`)).rejects.toMatchObject({
    code: 'FORMAT',
    where: name,
    message: expect.stringContaining(`a table of contents cannot be read: expected a file, found ${found}`),
  })
}

async function elsewhere(path: string): Promise<void> {
  await symlink(await temporaryFile(Buffer.from('[]'), 'manifest.json'), path)
}
