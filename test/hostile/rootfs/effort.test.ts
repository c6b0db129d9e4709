import { describe, expect, test } from 'vitest'
import { BACKENDS, treeOf, written } from '../../fixtures/rootfs.js'
import { type EntrySpec, pax } from '../../fixtures/tar.js'

/** A path of so many names. */
const deep = (names: number, name = 'd') => Array.from({ length: names }, () => name).join('/')
const MUCH = { code: 'UNSAFE', message: expect.stringContaining('too many names') }

describe.each(Object.entries(BACKENDS))('through %s', (_, backend) => {
  const write = async (layer: EntrySpec[]) => written(await backend(), [layer])

  test('a link to a long path, used by entries of few bytes, is refused when it costs too much', async () => {
    const long: EntrySpec[] = [pax({ linkpath: `${'./../'.repeat(700)}x` }), { name: 'l', type: '2' }]
    const uses = Array.from({ length: 5000 }, (_each, at) => ({ name: `l/${at}/f` }))
    await expect(write([...long, ...uses])).rejects.toMatchObject(MUCH)
  })

  test('hard links to deep files are refused when they cost too much', async () => {
    const target = pax({ path: `${deep(1000)}/f` })
    const links = Array.from({ length: 4000 }, (_each, at): EntrySpec[] => [
      pax({ linkpath: `${deep(1000)}/f` }),
      { name: `l${at}`, type: '1' },
    ]).flat()
    await expect(write([target, { name: 'x' }, ...links])).rejects.toMatchObject(MUCH)
  })
})

describe.each(Object.entries(BACKENDS))('what images have is no such effort through %s:', (_, backend) => {
  test('the deepest tree that Linux can name, directory by directory', async () => {
    const entries = Array.from({ length: 2000 }, (_each, at) => [
      pax({ path: `${deep(at + 1)}/` }),
      { name: 'x', type: '5' },
    ]).flat()
    await written(await backend(), [[...entries, pax({ path: `${deep(2000)}/f` }), { name: 'x' }], [{ name: '.wh.d' }]])
  })

  test('many packages in packages, with links into a store: a few calls for each', async () => {
    const calls = await backend()
    let opened = 0
    const openDirectory = (at: number, name: string) => {
      opened++
      return calls.openDirectory(at, name)
    }
    const entries = Array.from({ length: 300 }, (_each, at): EntrySpec[] => [
      { name: `store/v3/files/${at % 256}/${at}`, content: `${at}` },
      pax({
        path: `app/node_modules/.pnpm/p${at}/node_modules/p${at}/index.js`,
        linkpath: `store/v3/files/${at % 256}/${at}`,
      }),
      { name: 'x', type: '1' },
      { name: `app/node_modules/p${at}`, type: '2', linkTarget: `.pnpm/p${at}/node_modules/p${at}` },
    ]).flat()
    const { path } = await written({ ...calls, openDirectory }, [entries])
    expect(treeOf(path)).toHaveProperty('app/node_modules/.pnpm/p299/node_modules/p299/index.js', '299')
    expect(opened).toBeLessThan(10 * 900)
  })

  test('a deep directory stays open while others are opened in it', async () => {
    const calls = await backend()
    let opened = 0
    const openDirectory = (at: number, name: string) => {
      opened++
      return calls.openDirectory(at, name)
    }
    const round = (name: string) =>
      Array.from({ length: 60 }, (_each, at) => [pax({ path: `${deep(1000)}/${at}/${name}` }), { name: 'x' }]).flat()
    await written({ ...calls, openDirectory }, [[...round('a'), ...round('b')]])
    expect(opened).toBeLessThan(4000)
  })
})
