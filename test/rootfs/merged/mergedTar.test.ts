import { expect, test } from 'vitest'
import { single } from '../../../src/bytes/bytes.js'
import { MergedTar } from '../../../src/rootfs/merged/mergedTar.js'
import { MergedTree } from '../../../src/rootfs/merged/mergedTree.js'
import { planWhole } from '../../../src/rootfs/merged/mergePlan.js'
import type { LayerEntry } from '../../../src/tar/layerHeaders.js'
import { LayerParser } from '../../../src/tar/layerParser.js'
import { collect } from '../../fixtures/bytes.js'
import { mergedOf } from '../../fixtures/merged.js'
import { type EntrySpec, pax, tar } from '../../fixtures/tar.js'

/** The headers of a tar, and the content of its files. */
function entriesOf(bytes: Buffer): string[] {
  const lines: string[] = []
  let content = ''
  const parser = new LayerParser({
    begin: ({ attributes: { kind, path, target } }: LayerEntry) => {
      lines.push(`${kind} ${path}${target === '' ? '' : ` -> ${target}`}`)
      content = ''
    },
    write: (chunk) => {
      content += Buffer.from(chunk).toString('latin1')
    },
    end: () => {
      if (content !== '') lines.push(`${lines.pop()}: ${content}`)
    },
  })
  parser.push(bytes)
  parser.end()
  return lines
}

const merged = async (...args: Parameters<typeof mergedOf>) => entriesOf(await mergedOf(...args))

test('an object stands where its layer has it, and its other names follow as links', async () => {
  const lower: EntrySpec[] = [
    { name: './d/', type: '5' },
    { name: './d/a', content: 'A' },
    { name: './gone', content: 'x' },
    { name: './d/b', type: '1', linkTarget: './d/a' },
  ]
  const upper: EntrySpec[] = [{ name: '.wh.gone' }, { name: 'new', content: 'N' }]
  expect(await merged([lower, upper])).toEqual(['directory d/', 'file d/a: A', 'hardlink d/b -> d/a', 'file new: N'])
})

test('a file whose first name is gone takes the next one', async () => {
  const lower: EntrySpec[] = [
    { name: 'a', content: 'A' },
    { name: 'b', type: '1', linkTarget: 'a' },
    { name: 'c', type: '1', linkTarget: 'a' },
  ]
  expect(await merged([lower, [{ name: '.wh.a' }]])).toEqual(['file b: A', 'hardlink c -> b'])
})

test('what goes through a link of a lower layer gets its real path', async () => {
  const lower: EntrySpec[] = [
    { name: 'usr/lib/', type: '5' },
    { name: 'lib', type: '2', linkTarget: 'usr/lib' },
  ]
  expect(await merged([lower, [{ name: 'lib/a', content: 'A' }]])).toEqual([
    'directory usr/',
    'directory usr/lib/',
    'symlink lib -> usr/lib',
    'file usr/lib/a: A',
  ])
})

test('changes are whiteouts and new objects, below the directories that they are in', async () => {
  const lower: EntrySpec[] = [
    { name: 'd/', type: '5' },
    { name: 'd/a', content: 'A' },
    { name: 'd/kept', content: 'K' },
    { name: 'e/', type: '5' },
    { name: 'e/kept', content: 'K' },
  ]
  const upper: EntrySpec[] = [{ name: 'd/.wh.a' }, { name: 'd/new', content: 'N' }]
  expect(await merged([lower, upper, [{ name: 'd/.wh.new' }, { name: 'd/last', content: 'L' }]], 1)).toEqual([
    'directory d/',
    'file d/.wh.a',
    'file d/last: L',
  ])
})

test('a file that gets a further name in an upper layer is in the changes with all its names', async () => {
  const lower: EntrySpec[] = [{ name: 'a', content: 'A' }]
  expect(await merged([lower, [{ name: 'b', type: '1', linkTarget: 'a' }]], 1)).toEqual([
    'file a: A',
    'hardlink b -> a',
  ])
})

test('times before 1970 and parts of seconds stay', async () => {
  const [first, second] = ['-1.5', '12.000000001']
  const bytes = await mergedOf([[pax({ mtime: first }), { name: 'a' }, pax({ mtime: second }), { name: 'b' }]])
  for (const time of [first, second]) expect(bytes.includes(` mtime=${time}\n`)).toBe(true)
})

test('a sparse file is written with its holes as zeros', async () => {
  const map = { 'GNU.sparse.major': '0', 'GNU.sparse.minor': '1', 'GNU.sparse.size': '6' }
  const records = { ...map, 'GNU.sparse.numblocks': '1', 'GNU.sparse.map': '2,2' }
  expect(await merged([[pax(records), { name: 'a', content: 'xy' }]])).toEqual(['file a: \0\0xy\0\0'])
})

test('a layer that is another one when its content is read is refused', async () => {
  const tree = new MergedTree()
  const parser = new LayerParser(tree)
  parser.push(tar([{ name: 'a', content: '1' }]))
  parser.end()
  tree.nextLayer()
  const [applied] = tree.layers
  const another = single(tar([{ name: 'a', content: '1', mode: 0o777 }]))
  const bytes = new MergedTar(planWhole(tree), { hasRoot: false }).bytes(
    applied === undefined ? [] : [{ ...applied, tar: another, where: 'layer 1' }],
  )
  await expect(collect(bytes)).rejects.toMatchObject({ code: 'INTEGRITY', where: 'layer 1' })
})
