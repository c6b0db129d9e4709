import { expect, test } from 'vitest'
import { BACKENDS, treeOf, written } from '../../fixtures/rootfs.js'
import type { EntrySpec } from '../../fixtures/tar.js'

const link = (name: string, linkTarget: string): EntrySpec => ({ name, type: '2', linkTarget })
const directory = (name: string): EntrySpec => ({ name, type: '5', mode: 0o755 })

test.each(Object.entries(BACKENDS))(
  'through %s, a directory keeps a link that leads to one, and replaces a link that leads round',
  async (_, backend) => {
    const links = [
      directory('dir'),
      link('link', 'dir'),
      link('link2', 'link'),
      link('loop1', 'loop2'),
      link('loop2', 'link2/loop3'),
      link('dir/loop3', '../loop1'),
    ]
    const directories = ['link', 'link2', 'loop1'].flatMap((name) => [
      directory(name),
      { name: `${name}/in-${name}`, content: name },
    ])
    const { path } = await written(await backend(), [links, directories], { keepsDirectoryLinks: true })
    expect(treeOf(path)).toMatchObject({
      link: '-> dir',
      link2: '-> link',
      'dir/in-link': 'link',
      'dir/in-link2': 'link2',
      'loop1/in-loop1': 'loop1',
      loop2: '-> link2/loop3',
    })
  },
)
