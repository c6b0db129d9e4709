import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { digestOf } from '../../src/spec/digest.js'
import { image } from '../fixtures/image.js'
import { withArchive } from '../fixtures/intake.js'
import { tar } from '../fixtures/tar.js'

const [layer = Buffer.alloc(0)] = image().layers
const claim = { digest: digestOf(layer), size: layer.length }
const bytes = tar([
  { name: './dir/one.json', content: '{"one":1}' },
  { name: 'layer.tar', content: layer },
  { name: 'layer.tar.gz', content: gzipSync(layer) },
  { name: 'link', type: '2', linkTarget: 'dir/../layer.tar' },
  { name: 'manifest.json', content: '[]' },
])

describe.each(['file', 'pipe', 'directory'])('a store of layers, by %s', (door) => {
  test('stores a layer once, by whatever path it is asked for', async () => {
    await withArchive(door, bytes, async (archive, { sink }, store) => {
      const found = await Promise.all(['layer.tar', 'link', './layer.tar'].map((path) => archive.find(path)))
      const layers = await Promise.all(
        found.flatMap((member) => (member === undefined ? [] : store.layer(member, claim))),
      )
      const stored = { digest: digestOf(layer), size: layer.length, compression: 'none', diffID: digestOf(layer) }
      expect(layers).toEqual([stored, stored, stored])
      expect(sink.staged.get(stored.digest)?.equals(layer)).toBe(true)
    })
  })

  test('finds out the diffID of a file once, however often it is asked for', async () => {
    await withArchive(door, bytes, async (archive, _, store) => {
      const member = await archive.find('layer.tar')
      if (member === undefined) throw new Error('it is there')
      await store.diffID(member)
      const { bytesRead } = archive.context
      expect(await store.diffID(member)).toBe(digestOf(layer))
      expect(archive.context.bytesRead).toBe(bytesRead)
    })
  })

  test('tells what a compressed layer is, compressed and not', async () => {
    await withArchive(door, bytes, async (archive, _, store) => {
      const compressed = await archive.find('layer.tar.gz')
      expect(compressed && (await store.layer(compressed, claim))).toMatchObject({
        digest: digestOf(gzipSync(layer)),
        diffID: digestOf(layer),
      })
    })
  })
})

describe.each(['file', 'pipe'])('a layer that an archive has more than once, by %s', (door) => {
  const compressed = gzipSync(layer)

  test.each([
    ['a layer', 'layer.tar', layer],
    ['a compressed layer', 'layer.tar.gz', compressed],
  ])('stays what it is after it was stored: %s', async (_, name, content) => {
    await withArchive(
      door,
      tar([
        { name, content },
        { name, content },
      ]),
      async (opened, _, layers) => {
        const member = await opened.find(name)
        const stored = member && (await layers.layer(member))
        expect(stored).toMatchObject({ digest: digestOf(content), diffID: digestOf(layer) })
        expect(await opened.find(name)).toBe(member)
      },
    )
  })
})
