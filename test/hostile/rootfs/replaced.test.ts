import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nativeCalls } from '../../../src/rootfs/nativeCalls.js'
import { canary } from '../../fixtures/canary.js'
import { BACKENDS, treeOf, written } from '../../fixtures/rootfs.js'
import type { EntrySpec } from '../../fixtures/tar.js'

const file = (name: string, content = ''): EntrySpec => ({ name, content })
const directory = (name: string, mode = 0o755): EntrySpec => ({ name, type: '5', mode })
const link = (name: string, linkTarget: string): EntrySpec => ({ name, type: '2', linkTarget })
const hardLink = (name: string, linkTarget: string): EntrySpec => ({ name, type: '1', linkTarget })

describe.each(Object.entries(BACKENDS))('through %s', (_, backend) => {
  const write = async (...layers: EntrySpec[][]) => written(await backend(), layers)
  const tree = async (...layers: EntrySpec[][]) => treeOf((await write(...layers)).path)

  test('of one path the last entry counts, whatever it is', async () => {
    const entries = [file('p', '1'), directory('p'), file('p/x', '2'), link('p', '..'), file('p', '3')]
    expect(await tree(entries)).toEqual({ p: '3' })
    expect(await tree(...entries.map((entry) => [entry]))).toEqual({ p: '3' })
  })

  test('a path that comes many times is one file', async () => {
    expect(await tree(Array.from({ length: 500 }, (_each, at) => file('p', `${at}`)))).toEqual({ p: '499' })
  })

  test('a hard link keeps the file that another then replaces', async () => {
    expect(await tree([file('a', 'old'), hardLink('b', 'a'), file('a', 'new')])).toEqual({ a: 'new', b: 'old' })
    const { path } = await write([file('a', 'old'), hardLink('b', 'a'), hardLink('c', 'a')], [file('b', 'new')])
    expect(treeOf(path)).toEqual({ a: 'old', b: 'new', c: 'old' })
    expect(lstatSync(join(path, 'a')).nlink).toBe(2)
  })

  test('a file that is a parent becomes a directory that all may enter', async () => {
    const { path } = await write([{ name: 'p', mode: 0o600 }, file('p/y')])
    expect(treeOf(path)).toEqual({ 'p/': '', 'p/y': '' })
    expect(lstatSync(join(path, 'p')).mode & 0o7777).toBe(0o755)
  })

  test.each([
    ['one that comes later', [hardLink('h', 'later'), file('later')], 'NOT_FOUND'],
    ['itself, which is not there', [hardLink('h', 'h')], 'NOT_FOUND'],
    ['a directory', [directory('d'), hardLink('h', 'd')], 'FORMAT'],
    ['the root', [hardLink('h', '/')], 'NOT_FOUND'],
    ['nothing', [hardLink('h', '')], 'NOT_FOUND'],
    ['a file below a file', [file('f'), hardLink('h', 'f/x')], 'NOT_FOUND'],
    ['a file in the directory that it replaces', [file('d/f'), hardLink('d', 'd/f')], 'NOT_FOUND'],
    [
      'a file below the link that it replaces',
      [file('d/f'), link('l', 'd'), hardLink('l', 'l/f'), hardLink('m', 'l/f')],
      'NOT_FOUND',
    ],
  ])('a hard link to %s is refused', async (_what, entries, code) => {
    await expect(write(entries)).rejects.toMatchObject({ code, message: expect.stringMatching(/^[hdlm]: /) })
  })

  test('a chain of ten thousand hard links is one file', async () => {
    const links = Array.from({ length: 10_000 }, (_each, at) => hardLink(`${at + 1}`, `${at}`))
    const { path } = await write([file('0', 'x'), ...links])
    expect(lstatSync(join(path, '10000'))).toMatchObject({ nlink: 10_001, ino: lstatSync(join(path, '0')).ino })
  })

  test('directories get their modes last: before their children, after them, closed ones and missing ones', async () => {
    const { path } = await write([
      directory('before', 0),
      file('before/x'),
      file('after/x'),
      directory('after', 0o111),
      file('missing/a/b'),
      directory('shut/in', 0o500),
      directory('shut', 0),
    ])
    const modes = ['before', 'after', 'missing', 'missing/a', 'shut', 'shut/in'].map(
      (name) => lstatSync(join(path, name)).mode & 0o7777,
    )
    expect(modes).toEqual([0, 0o111, 0o755, 0o755, 0, 0o500])
  })

  test.each(['1', '2', '3', '5', '6'])(
    'what follows an entry of type %s is the next header, whatever its size',
    async (type) => {
      const entry = { name: 'n', type, linkTarget: 'f', size: 512, content: '' }
      expect(await tree([file('f', '1'), entry, file('g', '2')])).toMatchObject({ f: '1', g: '2' })
      await expect(write([file('f', '1'), { ...entry, content: 'data' }])).rejects.toMatchObject({ code: 'FORMAT' })
    },
  )

  test('a parent that an upper layer replaces is another: links, files and directories in turn', async () => {
    const { path: home, assertUntouched } = await canary()
    const layers = [
      [directory('a/b/c'), file('a/b/c/f', '1')],
      [link('a/b', home)],
      [file('a/b/c/f', '2'), file('a/b/diary.txt', 'mine')],
      [file('a', 'now a file')],
      [file('a/b/c/f', '3'), link('a/b/c/up', '../../../..')],
      [file('a/b/c/up/g', '4')],
    ]
    expect(await tree(...layers)).toEqual({
      ...withParents(`${home.slice(1)}/c/f`, '2'),
      [`${home.slice(1)}/diary.txt`]: 'mine',
      'a/': '',
      'a/b/': '',
      'a/b/c/': '',
      'a/b/c/f': '3',
      'a/b/c/up': '-> ../../../..',
      g: '4',
    })
    assertUntouched()
  })
})

test('a file gets as many names as the file system allows, and one more is refused by its name', async () => {
  const links = Array.from({ length: 65_100 }, (_each, at) => hardLink(`${at}`, 'f'))
  const calls = await nativeCalls(import.meta.resolve('koffi'))
  const result = await written(calls, [[file('f'), ...links]]).then(
    () => 'written',
    ({ code, message }) => ({ code, message }),
  )
  const refused = { code: 'SYSTEM', message: expect.stringMatching(/^\d+: the file has as many names as/) }
  if (result !== 'written') expect(result).toEqual(refused)
}, 120_000)

/** A file with the directories above it, as {@link treeOf} has them. */
function withParents(path: string, content: string): Record<string, string> {
  const names = path.split('/')
  const above = names.slice(1).map((_each, at) => [`${names.slice(0, at + 1).join('/')}/`, ''])
  return { ...Object.fromEntries(above), [path]: content }
}
