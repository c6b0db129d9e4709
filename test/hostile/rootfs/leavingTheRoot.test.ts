import { chmodSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canary } from '../../fixtures/canary.js'
import { BACKENDS, treeOf, written } from '../../fixtures/rootfs.js'
import { type EntrySpec, pax } from '../../fixtures/tar.js'

const link = (name: string, linkTarget: string): EntrySpec => ({ name, type: '2', linkTarget })
const hardLink = (name: string, linkTarget: string): EntrySpec => ({ name, type: '1', linkTarget })
const directory = (name: string, mode = 0o755): EntrySpec => ({ name, type: '5', mode })

describe.each(Object.entries(BACKENDS))('through %s', (_, backend) => {
  const write = async (...layers: EntrySpec[][]) => written(await backend(), layers)

  test('files, directories, links and whiteouts below a link to the host stay within the root', async () => {
    const { path: home, assertUntouched } = await canary()
    const { path } = await write(
      [link('a', home)],
      [
        { name: 'a/new', content: 'N' },
        directory('a/dir', 0o777),
        link('a/link', 'x'),
        { name: 'a/.wh.diary.txt' },
        { name: 'a/.wh..wh..opq' },
        { name: 'a/deep/er/file', content: 'mine' },
      ],
    )
    assertUntouched()
    const within = home.slice(1)
    expect(treeOf(path)).toMatchObject({ a: `-> ${home}`, [`${within}/new`]: 'N', [`${within}/deep/er/file`]: 'mine' })
  })

  test.each([
    [
      'up and up',
      [
        directory('inner'),
        link('inner/up', '..'),
        link('inner/up/esc', '../../../../../..'),
        { name: 'inner/up/esc/new', content: '1' },
      ],
    ],
    ['through the process', [link('x', '/proc/self/root'), { name: 'x/new', content: '1' }]],
    [
      'by names',
      [
        { name: '../../new', content: '1' },
        { name: '/a/../../../b', content: '2' },
      ],
    ],
    ['by dots after a link', [link('a', '/'), { name: 'a/./../x/new', content: '1' }]],
  ])('a path that climbs %s ends at the root', async (_how, entries) => {
    const { path } = await write(entries)
    const names = Object.keys(treeOf(path))
    expect(names.filter((name) => /(?:^|\/)(?:new|b)$/.test(name)).length).toBeGreaterThan(0)
  })

  test('a file or directory in the place of a link replaces it, and leaves what it led to', async () => {
    const { path: home, assertUntouched } = await canary()
    const { path } = await write([
      link('f', join(home, 'diary.txt')),
      { name: 'f', content: 'pwn' },
      link('d', home),
      directory('d', 0o777),
      { name: 'd/x', content: '1' },
    ])
    assertUntouched()
    expect(treeOf(path)).toEqual({ 'd/': '', 'd/x': '1', f: 'pwn' })
  })

  test('a directory that a link replaces between two of its files is not written through', async () => {
    const { path: home, assertUntouched } = await canary()
    await write([directory('d'), { name: 'd/a', content: '1' }, link('d', home), { name: 'd/b', content: '2' }])
    assertUntouched()
  })

  test.each(['/canary', '../../canary', 'x/../../../canary'])(
    'a hard link to %s finds nothing of the host',
    async (target) => {
      const { path: home, assertUntouched } = await canary()
      await expect(
        write([hardLink('l', target.replace('canary', join(home.slice(1), 'diary.txt')))]),
      ).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
      assertUntouched()
    },
  )

  test('a hard link to a link is the link itself', async () => {
    const { path } = await write([directory('deep'), link('deep/s', '../x'), hardLink('s2', 'deep/s')])
    expect(lstatSync(join(path, 's2')).ino).toBe(lstatSync(join(path, 'deep/s')).ino)
  })

  test('a hard link to itself does not remove its file', async () => {
    const { path } = await write([{ name: 'h', content: '1' }, hardLink('h', 'h')])
    expect(treeOf(path)).toEqual({ h: '1' })
  })

  test.each(['.wh...', '.wh..', '.wh.', 'd/.wh...', './.wh...', 's/.wh...'])(
    'the whiteout %s is refused',
    async (name) => {
      await expect(write([directory('d'), link('s', '/'), { name: 'd/f' }], [{ name }])).rejects.toMatchObject({
        code: 'UNSAFE',
      })
    },
  )

  test.each([link('.', '/'), link('a/..', '/'), { name: '/', content: 'x' }])(
    'a root that is no directory is refused: $name $type',
    async (entry) => {
      await expect(write([entry])).rejects.toMatchObject({ code: 'UNSAFE' })
    },
  )

  test('links in a ring, and long chains of them, are refused', async () => {
    const ring = [link('a', 'b'), link('b', 'a'), { name: 'a/x' }]
    const chain = [...Array.from({ length: 41 }, (_, at) => link(`l${at}`, `l${at + 1}`)), { name: 'l0/x' }]
    for (const entries of [ring, chain]) await expect(write(entries)).rejects.toMatchObject({ code: 'UNSAFE' })
  })

  test('links as real images have them are kept as they are, and lead to directories within the root', async () => {
    const { path } = await write([
      directory('usr/lib'),
      link('lib', 'usr/lib'),
      link('lib64', '/usr/lib'),
      link('etc/mtab', '/proc/mounts'),
      link('far', '../../../../etc/x'),
      { name: 'lib/a', content: 'A' },
      { name: 'lib64/b', content: 'B' },
      hardLink('c', '/lib64/b'),
    ])
    expect(treeOf(path)).toMatchObject({
      'usr/lib/a': 'A',
      'usr/lib/b': 'B',
      c: 'B',
      lib64: '-> /usr/lib',
      far: '-> ../../../../etc/x',
    })
  })

  test.each([
    ['an owner beyond 32 bits', [pax({ uid: '4294967296' }), { name: 'su', mode: 0o4755 }]],
    ['the owner that means none', [pax({ gid: '4294967295' }), { name: 'su', mode: 0o2755 }]],
    ['a name of 256 bytes', [pax({ path: 'x'.repeat(256) }), { name: 'x' }]],
    ['a path of 4,096 bytes', [pax({ path: `${'x'.repeat(200)}/`.repeat(21) }), { name: 'x' }]],
    ['a device number that would wrap', [{ name: 'd', type: '3', bytes: { 329: '0010000\0' } }]],
  ])('%s is refused', async (_what, entries) => {
    await expect(write(entries)).rejects.toMatchObject({ code: 'UNSAFE' })
  })

  test('an entry of an unknown type is refused', async () => {
    await expect(write([{ name: 'n', type: 'N', linkTarget: '/' }])).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })

  test('many whiteouts of one directory cost no more than one', async () => {
    const lower = Array.from({ length: 3000 }, (_, at) => ({ name: `d/${at}` }))
    const upper = Array.from({ length: 3000 }, (_, at) => [{ name: `d/n${at}` }, { name: 'd/.wh..wh..opq' }]).flat()
    const calls = await backend()
    let listed = 0
    const names = (file: number) => {
      listed++
      return calls.names(file)
    }
    await written({ ...calls, names }, [lower, upper])
    expect(listed).toBeLessThan(10)
  })

  test('what a deep tree has is removed with few open files', async () => {
    const path = Array.from({ length: 400 }, () => 'd').join('/')
    const { path: root } = await write(
      [{ name: 'keep' }, pax({ path: `${path}/f` }), { name: 'x' }],
      [{ name: '.wh.d' }],
    )
    expect(treeOf(root)).toEqual({ keep: '' })
    chmodSync(root, 0o755)
  })
})
