import { lstatSync, readlinkSync } from 'node:fs'
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

  test('a hard link through a chain of links finds nothing of the host (CVE-2026-26960)', async () => {
    const { path: home, assertUntouched } = await canary()
    const entries = [
      directory('a/b/c'),
      link('a/b/c/up', '../../../../../../../..'),
      link('a/b/esc', 'c/up'),
      hardLink('exfil', `a/b/esc${home}/diary.txt`),
      { name: 'exfil', content: 'pwn' },
    ]
    await expect(write(entries)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    assertUntouched()
  })

  test('what a header says of a link is set on the link, and not on what it leads to', async () => {
    const { path: home, assertUntouched } = await canary()
    const records = pax({ mtime: '1000', 'SCHILY.xattr.user.x': '1', uid: '0' })
    const { path, counts } = await write([records, { ...link('s', join(home, 'diary.txt')), mode: 0o6777 }])
    assertUntouched()
    expect(lstatSync(join(path, 's')).mtimeMs).toBe(1_000_000)
    expect(counts).toMatchObject([{ oddity: 'xattr left out', count: 1 }])
  })

  test('the last pass sets nothing on what a link leads to that replaced a directory (CVE-2026-33056)', async () => {
    const { path: home, assertUntouched } = await canary()
    await write([directory('d', 0o777), { name: 'd/f' }, directory('d/e', 0o777), link('d', home)])
    await write([directory('d', 0o777)], [link('d', home)])
    await write([directory('d/e/f', 0o777)], [link('d/e', home), { name: 'd/e/diary.txt', content: 'pwn' }])
    assertUntouched()
  })

  test.each(['a/./x', 'a//x', 'a/././/x', './a/x'])(
    'the path %s through a link stays within the root',
    async (name) => {
      const { path: home, assertUntouched } = await canary()
      const { path } = await write([link('a', home), { name, content: 'X' }])
      assertUntouched()
      expect(treeOf(path)).toHaveProperty([`${home.slice(1)}/x`], 'X')
    },
  )

  test.each(['a/', 'a/.', 'a/./', 'a//'])('the directory %s replaces a link', async (name) => {
    const { path: home, assertUntouched } = await canary()
    const { path } = await write([link('a', home), directory(name, 0o777)])
    assertUntouched()
    expect(treeOf(path)).toEqual({ 'a/': '' })
  })

  test('a chain of 255 links is refused, and one of 40 is followed', async () => {
    const chain = (length: number) => [
      directory(`l${length}`),
      ...Array.from({ length }, (_each, at) => link(`l${at}`, `l${at + 1}`)),
      { name: 'l0/x' },
    ]
    await expect(write(chain(255))).rejects.toMatchObject({ code: 'UNSAFE' })
    expect(treeOf((await write(chain(40))).path)).toHaveProperty(['l40/x'])
  })

  test('a link without a target, and one with a longer one than Linux has, are errors of their entries', async () => {
    for (const entries of [[link('a', '')], [pax({ linkpath: 'x'.repeat(5000) }), link('a', 'x')]]) {
      await expect(write(entries)).rejects.toMatchObject({ message: expect.stringMatching(/^a: /) })
    }
  })

  test('a path that links make longer than Linux resolves ends within the root (CVE-2025-4517)', async () => {
    const { path: home, assertUntouched } = await canary()
    const name = 'd'.repeat(247)
    const entries: EntrySpec[] = []
    let path = ''
    for (const step of 'abcdefghijklmnop') {
      entries.push(pax({ path: `${path}${name}` }), directory('x'))
      entries.push(pax({ path: `${path}${step}`, linkpath: name }), link('x', 'x'))
      path += `${step}/`
    }
    entries.push(pax({ path: `${path}${'l'.repeat(254)}`, linkpath: '../'.repeat(16) }), link('x', 'x'))
    entries.push(pax({ path: 'escape', linkpath: `${path}${'l'.repeat(254)}/../../../..${home}` }), link('x', 'x'))
    entries.push({ name: 'escape/new', content: 'pwn' })
    const { path: root } = await write(entries, [{ name: '.wh..wh..opq' }])
    expect(treeOf(root)).toEqual({})
    assertUntouched()
  })

  test.each(['/proc/self/root', '/proc/self/cwd', '/proc/self/fd/7', '/proc/1/root', '/dev/fd/3'])(
    'a link to %s leads to names within the root',
    async (target) => {
      const { path } = await write([link('x', target), { name: 'x/new', content: 'N' }])
      expect(treeOf(path)).toHaveProperty([`${target.slice(1)}/new`], 'N')
    },
  )

  test('a target that begins like the root, but is another directory, stays within it (CVE-2025-59343)', async () => {
    const { path } = await write([link('x', '../rootfs-evil'), { name: 'x/f', content: 'F' }])
    expect(treeOf(join(path, '..'))).toMatchObject({ 'rootfs/rootfs-evil/f': 'F', 'rootfs/x': '-> ../rootfs-evil' })
  })

  describe('with links to directories kept', () => {
    const kept = async (...layers: EntrySpec[][]) => written(await backend(), layers, { keepsDirectoryLinks: true })

    test('one to a directory within stays, and gets its mode', async () => {
      const { path } = await kept(
        [directory('usr/lib'), link('lib', 'usr/lib')],
        [directory('lib', 0o700), { name: 'lib/x' }],
      )
      expect(treeOf(path)).toEqual({ lib: '-> usr/lib', 'usr/': '', 'usr/lib/': '', 'usr/lib/x': '' })
      expect(lstatSync(join(path, 'usr/lib')).mode & 0o777).toBe(0o700)
    })

    test('one to the host, to itself or to nothing becomes a directory; one upwards is the root', async () => {
      const { path: home, assertUntouched } = await canary()
      const { path } = await kept(
        [link('a', home), link('b', 'nothing'), link('c', '../../..'), link('d', 'd')],
        ['a', 'b', 'c', 'd'].flatMap((name) => [directory(name, 0o777), { name: `${name}/x` }]),
      )
      assertUntouched()
      const directories = { 'a/': '', 'a/x': '', 'b/': '', 'b/x': '', 'd/': '', 'd/x': '' }
      expect(treeOf(path)).toEqual({ ...directories, c: '-> ../../..', x: '' })
    })
  })

  test('targets are stored byte by byte', async () => {
    const targets = ['/usr/lib64', '../../../../etc/x', '/proc/mounts', './a/../b//c/', 'C:\\x', '-rf', ' ', '\n']
    const { path } = await write(targets.map((target, at) => link(`${at}`, target)))
    expect(targets.map((_each, at) => readlinkSync(join(path, `${at}`)))).toEqual(targets)
  })
})
