import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { unpack } from '../../src/commands/unpack.js'
import { unpackRootfs } from '../../src/commands/unpackRootfs.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, imageWith } from '../fixtures/image.js'

const ENTRIES = [
  { name: 'd/', type: '5', mode: 0o750 },
  { name: 'd/f', content: '1', mode: 0o640 },
  { name: 'implied/f', content: '1', mode: 0o666 },
  { name: 'l', type: '2', linkTarget: 'd' },
]

const WAYS = { 'a bundle': unpack, 'a directory': unpackRootfs }

describe.each(Object.entries(WAYS))('%s in a directory', (_, way) => {
  const unpackBelow = async (parent: string) => {
    await way(await temporaryFile(dockerArchive(imageWith([ENTRIES]))), join(parent, 'out'))
    return way === unpack ? join(parent, 'out', 'rootfs') : join(parent, 'out')
  }

  test('of a group that new files get has the owners and modes of the image', async () => {
    const parent = await temporaryDirectory()
    mkdirSync(join(parent, 'clean'))
    mkdirSync(join(parent, 'group'))
    if (process.getuid?.() === 0) chownSync(join(parent, 'group'), 0, 4321)
    chmodSync(join(parent, 'group'), 0o2775)
    const [clean, group] = [await unpackBelow(join(parent, 'clean')), await unpackBelow(join(parent, 'group'))]
    expect(factsOf(group)).toEqual(factsOf(clean))
  })

  test.skipIf(!hasLists())('with a default access list gives it to none of the image', async () => {
    const parent = await temporaryDirectory()
    execFileSync('setfacl', ['-d', '-m', 'u:4321:rwx,g:4321:rwx', parent])
    const root = await unpackBelow(parent)
    const lists = execFileSync('getfacl', ['-RcsnpP', root], { encoding: 'utf8' })
    expect(lists).toBe('')
    expect(lstatSync(join(root, 'd')).mode & 0o7777).toBe(0o750)
  })
})

function factsOf(root: string): unknown[] {
  return ['.', ...readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()].map((name) => {
    const { mode, uid, gid } = lstatSync(join(root, name))
    return { name, mode: mode.toString(8), uid, gid }
  })
}

function hasLists(): boolean {
  return ['setfacl', 'getfacl'].every((program) => spawnSync(program, ['--version']).status === 0)
}
