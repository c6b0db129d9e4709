import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BACKENDS, treeOf, written } from '../fixtures/rootfs.js'
import { pax } from '../fixtures/tar.js'

describe.each(Object.entries(BACKENDS))('through %s', (_, backend) => {
  const write = async (...args: Parameters<typeof written> extends [unknown, ...infer Rest] ? Rest : never) =>
    written(await backend(), ...args)

  test('files, directories, links and their content are as the layer says', async () => {
    const { path } = await write([
      [
        { name: 'usr/', type: '5' },
        { name: 'usr/lib/', type: '5' },
        { name: 'lib', type: '2', linkTarget: 'usr/lib' },
        { name: 'lib/a', content: 'A' },
        { name: 'b', type: '1', linkTarget: '/usr/lib/a' },
        { name: 'empty' },
      ],
    ])
    expect(treeOf(path)).toEqual({
      b: 'A',
      empty: '',
      lib: '-> usr/lib',
      'usr/': '',
      'usr/lib/': '',
      'usr/lib/a': 'A',
    })
    expect(lstatSync(join(path, 'b')).ino).toBe(lstatSync(join(path, 'usr/lib/a')).ino)
  })

  test('modes with set-id and sticky bits, and times of files, links and directories are exact', async () => {
    const { path } = await write([
      [
        { name: 'd/', type: '5', mode: 0o3751, mtime: 1000 },
        { name: 'd/su', mode: 0o6755, mtime: 2000 },
        { name: 'd/locked', mode: 0, mtime: 3000 },
        { name: 'd/link', type: '2', linkTarget: 'su', mtime: 4000 },
        { name: 'shut/', type: '5', mode: 0o0, mtime: 5000 },
        { name: 'shut/f', content: 'x' },
      ],
    ])
    const facts = ['d', 'd/su', 'd/locked', 'd/link', 'shut'].map((name) => {
      const { mode, mtimeMs } = lstatSync(join(path, name))
      return [name, name === 'd/link' ? 'link' : (mode & 0o7777).toString(8), mtimeMs / 1000]
    })
    expect(facts).toEqual([
      ['d', '3751', 1000],
      ['d/su', '6755', 2000],
      ['d/locked', '0', 3000],
      ['d/link', 'link', 4000],
      ['shut', '0', 5000],
    ])
  })

  test('times before 1970 are exact', async () => {
    const { path } = await write([[pax({ mtime: '-86400' }), { name: 'old' }]])
    expect(lstatSync(join(path, 'old')).mtimeMs).toBe(-86_400_000)
  })

  test('a whiteout removes what lower layers have, and an opaque one all that is in a directory', async () => {
    const lower = [
      { name: 'd/', type: '5' },
      { name: 'd/a', content: '1' },
      { name: 'd/sub/x', content: '1' },
      { name: 'e/y', content: '1' },
      { name: 'f', content: '1' },
    ]
    const { path } = await write([
      lower,
      [{ name: '.wh.f' }, { name: 'd/new', content: '2' }, { name: 'd/.wh..wh..opq' }, { name: 'e/.wh.y' }],
    ])
    expect(treeOf(path)).toEqual({ 'd/': '', 'd/new': '2', 'e/': '' })
  })

  test.each([
    ['after', [{ name: 'a', content: 'new' }, { name: '.wh.a' }]],
    ['before', [{ name: '.wh.a' }, { name: 'a', content: 'new' }]],
  ])('a whiteout %s a new object of its name leaves the new one', async (_when, upper) => {
    const { path } = await write([[{ name: 'a', content: 'old' }], upper])
    expect(treeOf(path)).toEqual({ a: 'new' })
  })

  test('an object replaces another of any kind', async () => {
    const kinds = {
      file: { name: 'x', content: 'F' },
      directory: { name: 'x/', type: '5' },
      link: { name: 'x', type: '2', linkTarget: 'nowhere' },
    }
    const results = { file: { x: 'F' }, directory: { 'x/': '' }, link: { x: '-> nowhere' } }
    const pairs = Object.values(kinds).flatMap((one) =>
      Object.entries(kinds).map(([kind, other]) => ({ one, kind, other })),
    )
    expect(pairs).toHaveLength(9)
    for (const { one, kind, other } of pairs) {
      const { path } = await write([[one], [other]])
      expect(treeOf(path)).toEqual(results[kind as keyof typeof results])
    }
  })

  test('a sparse file has its holes, and the same content', async () => {
    const { path } = await write([
      [
        pax({
          'GNU.sparse.major': '0',
          'GNU.sparse.minor': '1',
          'GNU.sparse.name': 's',
          'GNU.sparse.size': '1000000',
          'GNU.sparse.numblocks': '1',
          'GNU.sparse.map': '500000,3',
        }),
        { name: 'GNUSparseFile.0/s', content: 'abc' },
      ],
    ])
    const { size, blocks } = lstatSync(join(path, 's'))
    expect([size, blocks * 512 < 100_000]).toEqual([1_000_000, true])
    expect(treeOf(path).s).toBe(`${'\0'.repeat(500_000)}abc${'\0'.repeat(499_997)}`)
  })

  test('an implied directory has the usual mode, whatever the umask', async () => {
    const before = process.umask(0o277)
    try {
      const { path } = await write([[{ name: 'a/b', content: '1', mode: 0o666 }]])
      expect((lstatSync(join(path, 'a')).mode & 0o7777).toString(8)).toBe('755')
      expect((lstatSync(join(path, 'a/b')).mode & 0o7777).toString(8)).toBe('666')
    } finally {
      process.umask(before)
    }
  })
})
