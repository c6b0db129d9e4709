import { describe, expect, test } from 'vitest'
import { BACKENDS, treeOf, written } from '../../fixtures/rootfs.js'

/** CVE-2019-19921, CVE-2023-27561, CVE-2026-41579: runtimes that mounted where such a link led. */
describe.each(Object.entries(BACKENDS))('through %s', (_, backend) => {
  test.each(['dev', 'proc', 'sys'])('a link in the place of /%s is kept, and told', async (name) => {
    const { path, counts } = await written(await backend(), [[{ name, type: '2', linkTarget: '../canary' }]])
    expect(treeOf(path)).toEqual({ [name]: '-> ../canary' })
    expect(counts).toEqual([{ oddity: 'runtime link', count: 1, first: name }])
  })

  test('links that real images have there, and one that an upper layer replaces, are not told', async () => {
    const { counts } = await written(await backend(), [
      [
        { name: 'dev/fd', type: '2', linkTarget: '/proc/self/fd' },
        { name: 'dev/ptmx', type: '2', linkTarget: 'pts/ptmx' },
        { name: 'etc/mtab', type: '2', linkTarget: '/proc/mounts' },
        { name: 'proc', type: '2', linkTarget: '/x' },
      ],
      [{ name: 'proc/', type: '5' }],
    ])
    expect(counts).toEqual([])
  })
})
