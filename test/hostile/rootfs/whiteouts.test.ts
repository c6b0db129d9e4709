import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canary } from '../../fixtures/canary.js'
import { BACKENDS, treeOf, written } from '../../fixtures/rootfs.js'
import { type EntrySpec, pax } from '../../fixtures/tar.js'

const file = (name: string, content = ''): EntrySpec => ({ name, content })
const directory = (name: string): EntrySpec => ({ name, type: '5' })
const link = (name: string, linkTarget: string): EntrySpec => ({ name, type: '2', linkTarget })
const OPAQUE = '.wh..wh..opq'

describe.each(Object.entries(BACKENDS))('through %s', (_, backend) => {
  const write = async (...layers: EntrySpec[][]) => written(await backend(), layers)
  const tree = async (...layers: EntrySpec[][]) => treeOf((await write(...layers)).path)

  test('a parent that an upper layer makes a link does not lead whiteouts to the host', async () => {
    const { path: home, assertUntouched } = await canary()
    const lower = [directory('usr/lib'), file('usr/lib/f'), file(`usr${home}/diary.txt`)]
    await write(lower, [link('usr', home), file('usr/.wh.diary.txt'), file(`usr/${OPAQUE}`), file('usr/deep/.wh.1')])
    await write(lower, [link('up', '../../..'), file(`up${home}/.wh.diary.txt`), file(`up/${OPAQUE}`)])
    assertUntouched()
  })

  test.each(['d/.wh./../../x', '.wh./x', 'd/.wh.f/x', 'd/.wh.f/', `${OPAQUE}/x`])(
    'what lies below a whiteout is no way around it: %s',
    async (name) => {
      const result = await write([directory('d'), file('d/f', '1')], [file(name, 'pwn')]).then(
        ({ path }) => Object.values(treeOf(path)),
        ({ code }) => code,
      )
      expect(name.includes('..') ? ['UNSAFE', ['', '1', 'pwn']] : ['UNSAFE', ['']]).toContainEqual(result)
    },
  )

  test.each([
    ['a file before the opaque mark', [file('d/new', '2'), file(`d/${OPAQUE}`)]],
    ['a file after it', [file(`d/${OPAQUE}`), file('d/new', '2')]],
    ['two of them', [file(`d/${OPAQUE}`), file('d/new', '2'), file(`d/${OPAQUE}`)]],
    ['one in a directory, too', [file('d/new', '2'), file(`d/${OPAQUE}`), file(`d/sub/${OPAQUE}`), file('d/.wh.sub')]],
  ])('only what lower layers have is removed: %s', async (_what, upper) => {
    expect(await tree([file('d/old', '1'), file('d/sub/old', '1')], upper)).toMatchObject({ 'd/': '', 'd/new': '2' })
    expect(Object.keys(await tree([file('d/old', '1')], upper))).not.toContain('d/old')
  })

  test('an opaque mark in a file, a link to a directory or nothing removes nothing', async () => {
    const lower = [file('f', '1'), directory('real'), link('l', 'real')]
    const result = await tree(lower, [file(`f/${OPAQUE}`), file(`none/${OPAQUE}`)])
    expect(result).toEqual({ f: '1', 'real/': '', l: '-> real' })
  })

  test.each([
    ['a directory', [directory('a'), file('a/x', '2'), file('.wh.a')]],
    ['a directory after it', [file('.wh.a'), directory('a'), file('a/x', '2')]],
    ['only something in it', [file('a/x', '2'), file('.wh.a')]],
  ])('what the layer itself has survives its whiteout: %s', async (_what, upper) => {
    expect(await tree([file('a/old', '1'), file('a/sub/old', '1')], upper)).toEqual({ 'a/': '', 'a/x': '2' })
    expect(await tree([file('a', '1')], upper)).toEqual({ 'a/': '', 'a/x': '2' })
  })

  test('a hard link to what the layer then removes keeps the content', async () => {
    const lower = [file('d/f', 'old')]
    const kept: EntrySpec = { name: 'd/g', type: '1', linkTarget: 'd/f' }
    expect(await tree(lower, [kept, file('d/.wh.f')])).toEqual({ 'd/': '', 'd/g': 'old' })
    expect(await tree(lower, [kept, file(`d/${OPAQUE}`)])).toEqual({ 'd/': '', 'd/g': 'old' })
    await expect(write(lower, [file(`d/${OPAQUE}`), kept])).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test.each(['5', '2', '1', '3', '6'])('a whiteout of type %s is one', async (type) => {
    expect(await tree([file('x', '1')], [{ name: '.wh.x', type, linkTarget: 'x' }])).toEqual({})
  })

  test('no hard link leads to a whiteout', async () => {
    const entries: EntrySpec[] = [file('.wh.y'), { name: 'x', type: '1', linkTarget: '.wh.y' }]
    await expect(write([file('y')], entries)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('a whiteout of links removes them, and not what they lead to', async () => {
    const { path: home, assertUntouched } = await canary()
    const lower = [link('a', home), directory('d'), link('d/b', home), { name: 'd/p', type: '6' }]
    expect(await tree(lower, [file('.wh.a'), file('.wh.d')])).toEqual({})
    assertUntouched()
  })

  test('whiteouts in the lowest layer remove nothing and leave nothing', async () => {
    expect(await tree([file('a', '1'), file('.wh.a'), file(OPAQUE), file('.wh.b')])).toEqual({ a: '1' })
  })

  test('a directory that a lower layer removed and this one makes is empty', async () => {
    const layers = [[directory('d'), file('d/a', '1')], [file('.wh.d')], [directory('d'), file('d/b', '2')]]
    expect(await tree(...layers)).toEqual({ 'd/': '', 'd/b': '2' })
  })

  test('what overlay file systems take for whiteouts stays as it is, and is told', async () => {
    const records = pax({ 'SCHILY.xattr.trusted.overlay.opaque': 'y' })
    const { path, counts } = await write([records, directory('d'), file('d/a', '1'), { name: 'c', type: '3' }])
    expect(treeOf(path)).toMatchObject({ 'd/a': '1' })
    const oddities = counts.map(({ oddity }) => oddity)
    expect(oddities.includes('overlay attribute')).toBe(true)
    const isMade = lstatSync(join(path, 'c'), { throwIfNoEntry: false }) !== undefined
    expect(oddities).toContain(isMade ? 'device for overlays' : 'device left out')
  })
})
