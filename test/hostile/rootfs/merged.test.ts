import { expect, test } from 'vitest'
import { factsOf, mergedOf } from '../../fixtures/merged.js'
import { BACKENDS, treeOf, written } from '../../fixtures/rootfs.js'
import { type EntrySpec, pax } from '../../fixtures/tar.js'

const backend = await BACKENDS.proc?.()

async function treeFrom(layers: readonly (readonly EntrySpec[])[]) {
  if (backend === undefined) return undefined
  const { path } = await written(backend, [await mergedOf(layers)])
  expect(factsOf(path)).toEqual(factsOf((await written(backend, layers)).path))
  return treeOf(path)
}

const LINKED: EntrySpec[] = [
  { name: 't2', content: 'old', mtime: 1 },
  { name: 't1', type: '1', linkTarget: 't2' },
  { name: 't3', type: '1', linkTarget: 't2' },
]

test('names of a file keep its content when another name of it is replaced', async () => {
  expect(await treeFrom([LINKED, [{ name: 't1', content: 'new', mtime: 2 }]])).toEqual({
    t1: 'new',
    t2: 'old',
    t3: 'old',
  })
  expect(await treeFrom([LINKED, [{ name: 't2', content: 'new', mtime: 2 }]])).toEqual({
    t1: 'old',
    t2: 'new',
    t3: 'old',
  })
  expect(await treeFrom([LINKED, [{ name: '.wh.t2' }]])).toEqual({ t1: 'old', t3: 'old' })
})

test('a directory that was deleted and made again has nothing from before', async () => {
  const lower: EntrySpec[] = [
    { name: 'd/', type: '5', mtime: 1 },
    { name: 'd/a', content: 'old', mtime: 1 },
  ]
  const again: EntrySpec[] = [
    { name: 'd/', type: '5', mtime: 2 },
    { name: 'd/b', content: 'new', mtime: 2 },
  ]
  const expected = { 'd/': '', 'd/b': 'new' }
  expect(await treeFrom([lower, [{ name: '.wh.d' }], again])).toEqual(expected)
  expect(await treeFrom([lower, [{ name: '.wh.d' }, ...again]])).toEqual(expected)
})

test('whiteouts of the only layer are not in the tar', async () => {
  expect(
    await treeFrom([[{ name: 'a', content: '1', mtime: 1 }, { name: '.wh.b' }, { name: '.wh..wh..opq' }]]),
  ).toEqual({
    a: '1',
  })
})

test('names are relative and otherwise as they are, and targets of links stay', async () => {
  const entries: EntrySpec[] = [
    { name: '/..\\x', content: '1', mtime: 1 },
    { name: './C:x', content: '2', mtime: 1 },
    { name: '/l', type: '2', linkTarget: '/etc/../x', mtime: 1 },
  ]
  expect(await treeFrom([entries])).toEqual({ '..\\x': '1', 'C:x': '2', l: '-> /etc/../x' })
  const names = [...(await mergedOf([entries])).toString('latin1').matchAll(/(?:^|\0)([^\0]+)\0+0000644\0/g)]
  expect(names.map(([, name]) => name)).toEqual(['..\\x', 'C:x', 'l'])
})

test('a path that links make longer than Linux can name is refused', async () => {
  const long = Array.from({ length: 20 }, () => 'x'.repeat(200)).join('/')
  const more = Array.from({ length: 2 }, () => 'y'.repeat(200)).join('/')
  const entries = [
    pax({ path: `${long}/` }),
    { name: 'd/', type: '5' },
    pax({ linkpath: long }),
    { name: 'l', type: '2' },
    pax({ path: `l/${more}` }),
    { name: 'f', content: '1' },
  ]
  await expect(mergedOf([entries])).rejects.toMatchObject({ code: 'UNSAFE', message: /too long for Linux/ })
})

test('five thousand names of one file are written one after the other', async () => {
  const count = 5_000
  const links = Array.from({ length: count }, (_, at) => ({ name: `l${at}`, type: '1', linkTarget: 'a' }))
  const bytes = await mergedOf([[{ name: 'a', content: '1' }, ...links]])
  expect(bytes.length).toBe(512 * (count + 4))
})

test('an attribute without a name, which Linux cannot have, is left out', async () => {
  const records = { 'SCHILY.xattr.': 'v', 'SCHILY.xattr.user.a': 'w' }
  const bytes = await mergedOf([[pax(records), { name: 'f', content: '1' }]])
  expect(bytes.includes('SCHILY.xattr.=')).toBe(false)
  expect(bytes.includes('SCHILY.xattr.user.a=w')).toBe(true)
})

test('a few links and missing directories do not make a tar without end', async () => {
  const deep = Array.from({ length: 2000 }, () => 'd').join('/')
  const entries = Array.from({ length: 80 }, (_, at) => [pax({ path: `c${at}/${deep}` }), { name: 'f' }]).flat()
  await expect(mergedOf([entries])).rejects.toMatchObject({ code: 'UNSAFE', message: /too long together/ })
})
