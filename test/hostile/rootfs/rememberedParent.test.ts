import { describe, expect, test } from 'vitest'
import { BACKENDS, treeOf, written } from '../../fixtures/rootfs.js'

describe.each(Object.entries(BACKENDS))('through %s', (_, backend) => {
  test.each([
    ['a file', { name: 'a/b/a', content: 'F' }],
    ['a link', { name: 'a/b/a', type: '2', linkTarget: 'nowhere' }],
    ['a hard link', { name: 'a/b/a', type: '1', linkTarget: 'f' }],
    ['a device', { name: 'a/b/a', type: '6' }],
  ])(
    '%s that replaces a directory on its own path leaves no way through it to the next entry',
    async (_kind, entry) => {
      const { path } = await written(await backend(), [
        [
          { name: 'f', content: 'F' },
          { name: 'a/', type: '5' },
          { name: 'a/b', type: '2', linkTarget: '/' },
          entry,
          { name: 'a/b/c', content: 'C' },
        ],
      ])
      const tree = treeOf(path)
      expect(tree).not.toHaveProperty('c')
      expect(Object.entries(tree).find(([name]) => name.endsWith('/c'))?.[1]).toBe('C')
    },
  )

  test('a whiteout of a link on the path of the entry before it leaves no way through it', async () => {
    const { path } = await written(await backend(), [
      [
        { name: 'far/', type: '5' },
        { name: 'l', type: '2', linkTarget: 'far' },
      ],
      [{ name: 'l/a' }, { name: '.wh.l' }, { name: 'l/b' }],
    ])
    expect(treeOf(path)).toEqual({ 'far/': '', 'far/a': '', 'l/': '', 'l/b': '' })
  })
})
