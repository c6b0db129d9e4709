import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { collect } from '../fixtures/bytes.js'
import { image } from '../fixtures/image.js'
import { withArchive } from '../fixtures/intake.js'
import { tar } from '../fixtures/tar.js'

const [layer = Buffer.alloc(0)] = image().layers
const bytes = tar([
  { name: './dir/one.json', content: '{"one":1}' },
  { name: 'layer.tar', content: layer },
  { name: 'layer.tar.gz', content: gzipSync(layer) },
  { name: 'link', type: '2', linkTarget: 'dir/../layer.tar' },
  { name: 'manifest.json', content: '[]' },
])

describe.each(['file', 'pipe', 'directory'])('an archive by %s', (door) => {
  test('finds files by path, through links, and not what is not there', async () => {
    await withArchive(door, bytes, async (archive) => {
      expect((await archive.find('dir/one.json'))?.size).toBe(9)
      expect((await archive.find('/dir//./one.json'))?.size).toBe(9)
      expect((await archive.find('link'))?.size).toBe(layer.length)
      expect(await archive.find('dir')).toBeUndefined()
      expect(await archive.find('nothing')).toBeUndefined()
      expect([...archive.paths()]).toEqual(expect.arrayContaining(['dir/one.json', 'layer.tar', 'link']))
    })
  })

  test('reads a small file whole, and refuses a larger one', async () => {
    await withArchive(door, bytes, async (archive) => {
      expect((await archive.read('dir/one.json', 9))?.toString()).toBe('{"one":1}')
      expect(await archive.read('nothing', 9)).toBeUndefined()
      await expect(archive.read('dir/one.json', 8)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    })
  })

  test('gives back the bytes as they were', async () => {
    await withArchive(door, bytes, async (archive) => {
      const member = await archive.find('dir/one.json')
      expect(member && (await collect(archive.open(member))).toString()).toBe('{"one":1}')
    })
  })
})

describe.each(['file', 'pipe'])('a file that an archive has more than once, by %s', (door) => {
  const compressed = gzipSync(layer)

  test.each([
    ['of text', 'dir/one.json', Buffer.from('{}')],
    ['a layer', 'layer.tar', layer],
    ['a compressed layer', 'layer.tar.gz', compressed],
    ['a table', 'manifest.json', Buffer.from('[]')],
    ['of nothing', 'empty', Buffer.alloc(0)],
  ])('is taken if it is the same, which is told once: %s', async (_, name, content) => {
    const archive = tar([
      { name, content },
      { name: `./${name}`, content },
      { name, content },
    ])
    await withArchive(door, archive, async (opened, { warnings }) => {
      for (let time = 0; time < 3; time++) expect((await opened.find(name))?.size).toBe(content.length)
      expect(await opened.read(name, content.length)).toEqual(content)
      expect(warnings).toEqual([
        { code: 'DUPLICATE_MEMBER', where: name, message: expect.stringContaining('more than once') },
      ])
    })
  })

  test.each([
    ['text', Buffer.from('one'), Buffer.from('two')],
    ['text of another size', Buffer.from('one'), Buffer.from('three')],
    ['layers', layer, image({ files: ['other'] }).layers[0] ?? layer],
    ['a layer and text', layer, Buffer.from('one')],
    ['a layer and the same compressed', layer, compressed],
    ['a layer compressed in two ways', compressed, gzipSync(layer, { level: 0 })],
  ])('is refused if it differs: %s', async (_, one, other) => {
    for (const contents of [
      [one, other],
      [other, one],
      [one, one, other],
    ]) {
      const archive = tar(contents.map((content) => ({ name: 'file', content })))
      await withArchive(door, archive, async (opened, { warnings }) => {
        await expect(opened.find('file')).rejects.toMatchObject({ code: 'FORMAT', where: 'file' })
        expect(warnings).toEqual([])
      })
    }
  })

  test('may differ where nobody asks for it', async () => {
    const archive = tar([
      { name: 'a', content: '1' },
      { name: 'a', content: '2' },
      { name: 'b', content: '3' },
    ])
    await withArchive(door, archive, async (opened, { warnings }) => {
      expect((await opened.find('b'))?.size).toBe(1)
      expect(warnings).toEqual([])
    })
  })
})

describe.each(['file', 'pipe'])('an entry of a type that nobody knows, by %s', (door) => {
  const archive = tar([
    { name: 'odd', type: 'Z', content: 'text' },
    { name: 'link', type: '2', linkTarget: 'odd' },
    { name: 'fine', content: 'text' },
  ])

  test('is read as a file, which is told once for each path', async () => {
    await withArchive(door, archive, async (opened, { warnings }) => {
      for (let time = 0; time < 2; time++) expect((await opened.read('odd', 10))?.toString()).toBe('text')
      expect(warnings).toEqual([{ code: 'UNKNOWN_TYPE', where: 'odd', message: expect.stringContaining('"Z"') }])
      await opened.find('link')
      expect(warnings.map(({ where }) => where)).toEqual(['odd', 'link'])
    })
  })

  test('is not told of where nobody asks for it', async () => {
    await withArchive(door, archive, async (opened, { warnings }) => {
      await opened.find('fine')
      expect(warnings).toEqual([])
    })
  })

  test('is told of by its number where it is no letter', async () => {
    await withArchive(door, tar([{ name: 'odd', type: '\x01', content: 'text' }]), async (opened, { warnings }) => {
      await opened.find('odd')
      expect(warnings).toMatchObject([{ message: expect.stringContaining('"\\u0001"') }])
    })
  })
})
