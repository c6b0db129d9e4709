import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canary } from '../../fixtures/canary.js'
import { BACKENDS, treeOf, written } from '../../fixtures/rootfs.js'
import type { EntrySpec } from '../../fixtures/tar.js'

const PLNK = '.wh..wh.plnk'

/** The files that aufs kept in a layer beside those of the image. */
const OWN: EntrySpec[] = [
  { name: '.wh..wh.aufs' },
  { name: '.wh..wh.orph/', type: '5' },
  { name: '.wh..wh.orph/lost', content: 'L' },
  { name: `${PLNK}/`, type: '5' },
  { name: `${PLNK}/12.34`, content: 'shared' },
]

describe.each(Object.entries(BACKENDS))('through %s', (_, backend) => {
  const write = async (...layers: EntrySpec[][]) => written(await backend(), layers)
  const link = (name: string, linkTarget = `${PLNK}/12.34`): EntrySpec => ({ name, type: '1', linkTarget })

  test('files of aufs are left out and told, and links to what they keep have its content', async () => {
    const { path, counts } = await write([...OWN, link('a'), link('b')], [{ name: 'c' }])
    expect(treeOf(path)).toEqual({ a: 'shared', b: 'shared', c: '' })
    expect(lstatSync(join(path, 'a'))).toMatchObject({ ino: lstatSync(join(path, 'b')).ino, nlink: 2 })
    expect(counts).toMatchObject([{ oddity: 'aufs file', count: 5 }])
  })

  test('a layer does not reach what another kept', async () => {
    await expect(write(OWN, [link('a')])).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('a whiteout in the same layer leaves what is kept', async () => {
    const { path } = await write([{ name: 'old' }], [...OWN, { name: '.wh..wh..opq' }, link('a')])
    expect(treeOf(path)).toEqual({ a: 'shared' })
    expect(readdirSync(path)).toEqual(['a'])
  })

  test.each([`${PLNK}/../x`, `${PLNK}/a/b`, `d/${PLNK}/x`])('what lies elsewhere, %s, is not kept', async (name) => {
    const entries: EntrySpec[] = [
      { name: `${PLNK}/l`, type: '2', linkTarget: '/' },
      { name, content: '1' },
    ]
    const { path } = await write(entries)
    expect(treeOf(path)).toEqual(name.includes('..') && name.endsWith('../x') ? { x: '1' } : {})
  })

  test('a link kept there leads to nothing of the host', async () => {
    const { path: home, assertUntouched } = await canary()
    const kept: EntrySpec = { name: `${PLNK}/l`, type: '2', linkTarget: home }
    await expect(write([kept, link('g', `${PLNK}/l/diary.txt`)])).rejects.toMatchObject({
      code: 'NOT_FOUND',
      found: `${PLNK}/l/diary.txt`,
    })
    assertUntouched()
  })
})
