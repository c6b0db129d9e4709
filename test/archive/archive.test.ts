import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { digestOf } from '../../src/spec/digest.js'
import { collect } from '../fixtures/bytes.js'
import { image } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'
import { withArchive } from '../fixtures/workshop.js'

const [layer = Buffer.alloc(0)] = image().layers
const claim = { digest: digestOf(layer), size: layer.length }
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

  test('stores a layer once, by whatever path it is asked for', async () => {
    await withArchive(door, bytes, async (archive, { sink }) => {
      const found = await Promise.all(['layer.tar', 'link', './layer.tar'].map((path) => archive.find(path)))
      const layers = await Promise.all(
        found.flatMap((member) => (member === undefined ? [] : archive.layer(member, claim))),
      )
      const stored = { digest: digestOf(layer), size: layer.length, compression: 'none', diffID: digestOf(layer) }
      expect(layers).toEqual([stored, stored, stored])
      expect(sink.staged.get(stored.digest)?.equals(layer)).toBe(true)
    })
  })

  test('gives back the bytes as they were, of compressed files also', async () => {
    await withArchive(door, bytes, async (archive) => {
      const member = await archive.find('dir/one.json')
      expect(member && (await collect(archive.open(member))).toString()).toBe('{"one":1}')
      const compressed = await archive.find('layer.tar.gz')
      expect(compressed && (await archive.layer(compressed, claim))).toMatchObject({
        digest: digestOf(gzipSync(layer)),
        diffID: digestOf(layer),
      })
    })
  })
})
