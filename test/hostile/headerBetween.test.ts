import { test } from 'vitest'
import { type EntrySpec, gnuLong, pax } from '../fixtures/tar.js'
import { EVIL_TABLE, expectUnsafe, GOOD_TABLE, twoFaced } from '../fixtures/twoFaced.js'

const between = pax({ comment: 'between' }, 'g')

test.each<[string, (path: string) => EntrySpec]>([
  ['a PAX path', (path) => pax({ path })],
  ['a GNU long name', (path) => gnuLong('L', path)],
])('%s that another header parts from its entry is refused: engines would forget it', async (_, named) => {
  const archive = twoFaced([
    ...[named('manifest.json'), between, { name: 'other.json', content: GOOD_TABLE }],
    ...[named('other.json'), between, { name: 'manifest.json', content: EVIL_TABLE }],
  ])
  await expectUnsafe(archive)
})

test.each<[string, (target: string) => EntrySpec]>([
  ['a PAX link target', (linkpath) => pax({ linkpath })],
  ['a GNU long link target', (target) => gnuLong('K', target)],
])('%s that another header parts from its entry is refused: engines would forget it', async (_, linked) => {
  const archive = twoFaced([
    ...[linked('good.json'), between, { name: 'manifest.json', type: '2', linkTarget: 'evil.json' }],
    { name: 'good.json', content: GOOD_TABLE },
    { name: 'evil.json', content: EVIL_TABLE },
  ])
  await expectUnsafe(archive)
})
