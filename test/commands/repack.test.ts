import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repack } from '../../src/commands/repack.js'
import { validateMtree } from '../../src/commands/validateMtree.js'
import { decompress } from '../../src/compression/codecs.js'
import { LayerParser } from '../../src/tar/layerParser.js'
import { blobIn, bundleOf, imageIn, layoutOf, unpackedRootfs } from '../fixtures/bundle.js'
import { collect, inChunks } from '../fixtures/bytes.js'
import { LONG_AGO } from '../fixtures/canary.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { treeOf } from '../fixtures/rootfs.js'
import type { EntrySpec } from '../fixtures/tar.js'

const FILES: EntrySpec[] = [
  { name: 'etc/', type: '5' },
  { name: 'etc/passwd', content: 'root:x:0:0::/:/bin/sh\n' },
  { name: 'etc/group', content: 'root:x:0:\n' },
  { name: 'bin/', type: '5' },
  { name: 'bin/a', content: 'a' },
  { name: 'bin/b', type: '1', linkTarget: 'bin/a' },
  { name: 'bin/c', type: '1', linkTarget: 'bin/a' },
  { name: 'link', type: '2', linkTarget: 'bin/a' },
]

/** Paths of a layer with their kinds, in its order. */
async function entriesOf(layout: string, tag: string): Promise<string[]> {
  const { manifest } = imageIn(layout, tag)
  const packed = blobIn(layout, manifest.layers.at(-1)?.digest ?? '')
  const entries: string[] = []
  const parser = new LayerParser({
    begin: ({ attributes: { kind, path, target } }) => entries.push(`${kind} ${path}${target && ` -> ${target}`}`),
    write: () => {},
    end: () => {},
  })
  parser.push(await collect(decompress(inChunks(packed, 65536), 'gzip')))
  parser.end()
  return entries
}

describe('a changed bundle', () => {
  test('becomes a layer of what was added, changed and removed, and the image again', async () => {
    const layout = await layoutOf(FILES)
    const { bundle, rootfs } = await bundleOf(layout)
    writeFileSync(join(rootfs, 'etc/passwd'), 'changed')
    rmSync(join(rootfs, 'etc/group'))
    mkdirSync(join(rootfs, 'new/deep'), { recursive: true })
    writeFileSync(join(rootfs, 'new/deep/file'), 'x'.repeat(3_000_000))
    linkSync(join(rootfs, 'new/deep/file'), join(rootfs, 'new/hard'))
    rmSync(join(rootfs, 'link'))
    writeFileSync(join(rootfs, 'link'), 'a file now')
    const repacked = await repack(`oci:${layout}:v2`, bundle)
    expect(repacked).toMatchObject({ added: 4, changed: 4, removed: 1, warnings: [] })
    expect(await entriesOf(layout, 'v2')).toEqual([
      'directory .',
      'directory etc/',
      'file etc/.wh.group',
      'file etc/passwd',
      'file link',
      'directory new/',
      'directory new/deep/',
      'file new/deep/file',
      'hardlink new/hard -> new/deep/file',
    ])
    const { config, digest } = imageIn(layout, 'v2')
    expect(digest).toBe(repacked.digest)
    expect(config.history[1]).toMatchObject({ author: 'me', created_by: 'transload repack' })
    expect(config.rootfs.diff_ids[1]).toBe(repacked.layer?.diffID)
    expect(imageIn(layout, 'v1').manifest.layers).toHaveLength(1)
    expect(treeOf(await unpackedRootfs(layout, 'v2'))).toEqual(treeOf(rootfs))
  })

  test('without changes changes nothing, but a new name is given', async () => {
    const layout = await layoutOf(FILES)
    const { bundle } = await bundleOf(layout)
    const before = readFileSync(join(layout, 'index.json'))
    expect(await repack(`oci:${layout}`, bundle)).toMatchObject({ layer: null, digest: imageIn(layout, 'v1').digest })
    expect(readFileSync(join(layout, 'index.json')).equals(before)).toBe(true)
    await repack(`oci:${layout}:v2`, bundle)
    expect(imageIn(layout, 'v2').digest).toBe(imageIn(layout, 'v1').digest)
  })

  test('takes its image’s names along if there is no tag', async () => {
    const layout = await layoutOf(FILES)
    const { bundle, rootfs } = await bundleOf(layout)
    writeFileSync(join(rootfs, 'new'), '1')
    const { digest } = await repack(`oci:${layout}`, bundle)
    expect(imageIn(layout, 'v1')).toMatchObject({ digest })
  })

  test('is refused where the place names an image that is not there', async () => {
    const layout = await layoutOf(FILES)
    const { bundle, rootfs } = await bundleOf(layout)
    writeFileSync(join(rootfs, 'new'), '1')
    const work = repack(`oci:${layout}:v3`, bundle, { tag: 'v4' })
    await expect(work).rejects.toMatchObject({ code: 'NOT_FOUND', where: 'v3' })
  })

  test('that was copied elsewhere has no changes', async () => {
    const layout = await layoutOf(FILES)
    const { bundle } = await bundleOf(layout)
    const copy = join(await temporaryDirectory(), 'copy')
    execFileSync('cp', ['-a', bundle, copy])
    expect(await repack(`oci:${layout}`, copy)).toMatchObject({ layer: null, added: 0, changed: 0, removed: 0 })
  })

  test('keeps links together: what several names have is packed with all of them', async () => {
    const layout = await layoutOf(FILES)
    const { bundle, rootfs } = await bundleOf(layout)
    renameSync(join(rootfs, 'bin/c'), join(rootfs, 'bin/d'))
    await repack(`oci:${layout}:v2`, bundle)
    const again = await unpackedRootfs(layout, 'v2')
    const inodes = ['a', 'b', 'd'].map((name) => lstatSync(join(again, 'bin', name)).ino)
    expect(new Set(inodes).size).toBe(1)
  })

  test('has no whiteouts below what became a file, and none for what a removed directory had', async () => {
    const layout = await layoutOf(FILES)
    const { bundle, rootfs } = await bundleOf(layout)
    rmSync(join(rootfs, 'etc'), { recursive: true })
    writeFileSync(join(rootfs, 'etc'), 'file')
    rmSync(join(rootfs, 'bin'), { recursive: true })
    await repack(`oci:${layout}:v2`, bundle)
    expect(await entriesOf(layout, 'v2')).toEqual(['directory .', 'file .wh.bin', 'file etc'])
    expect(treeOf(await unpackedRootfs(layout, 'v2'))).toEqual(treeOf(rootfs))
  })

  test('gives the same layer twice', async () => {
    const layers = await Promise.all(
      [1, 2].map(async () => {
        const layout = await layoutOf(FILES)
        const { bundle, rootfs } = await bundleOf(layout)
        for (const name of ['z', 'a', 'm']) {
          writeFileSync(join(rootfs, name), name)
          utimesSync(join(rootfs, name), LONG_AGO, LONG_AGO)
        }
        utimesSync(rootfs, LONG_AGO, LONG_AGO)
        return (await repack(`oci:${layout}:v2`, bundle)).layer
      }),
    )
    expect(layers[0]).toEqual(layers[1])
  })

  test('is noticed by its content where size and times are as they were', async () => {
    const layout = await layoutOf(FILES)
    const { bundle, rootfs } = await bundleOf(layout)
    const path = join(rootfs, 'etc/group')
    const { mtime, atime } = lstatSync(path)
    writeFileSync(path, 'ROOT:x:0:\n')
    utimesSync(path, atime, mtime)
    expect(await repack(`oci:${layout}:v2`, bundle)).toMatchObject({ changed: 1 })
    expect(await entriesOf(layout, 'v2')).toEqual(['file etc/group'])
  })

  test('leaves out masked paths and volumes, and the places that they lead to', async () => {
    const layout = await layoutOf(
      [...FILES, { name: 'alias', type: '2', linkTarget: 'real' }, { name: 'real/', type: '5' }],
      {
        Volumes: { '/alias': {} },
      },
    )
    const { bundle, rootfs } = await bundleOf(layout)
    writeFileSync(join(rootfs, 'real/secret'), '1')
    writeFileSync(join(rootfs, 'bin/cache'), '1')
    writeFileSync(join(rootfs, 'bin2'), '1')
    await repack(`oci:${layout}:v2`, bundle, { maskPaths: ['/bin/'] })
    expect(await entriesOf(layout, 'v2')).toEqual(['directory .', 'file bin2'])
    await repack(`oci:${layout}:v3`, bundle, { maskVolumes: false })
    expect(await entriesOf(layout, 'v3')).toContain('file real/secret')
  })

  test('is one of the new image after a refresh', async () => {
    const layout = await layoutOf(FILES)
    const { bundle, rootfs } = await bundleOf(layout)
    writeFileSync(join(rootfs, 'new'), '1')
    const { manifest } = await repack(`oci:${layout}:v2`, bundle, { refreshBundle: true })
    const mtree = `${manifest.replace(':', '_')}.mtree`
    expect(readdirSync(bundle).sort()).toEqual(['config.json', 'rootfs', mtree, 'umoci.json'].sort())
    expect(await validateMtree(join(bundle, mtree), rootfs)).toEqual([])
    expect(await repack(`oci:${layout}:v3`, bundle)).toMatchObject({ layer: null, manifest })
    writeFileSync(join(rootfs, 'new'), '2')
    expect(await repack(`oci:${layout}:v3`, bundle)).toMatchObject({ changed: 1, added: 0 })
    expect(imageIn(layout, 'v3').manifest.layers).toHaveLength(3)
  })

  test('after a refresh shows what changed while it was packed, whatever its size and times', async () => {
    const layout = await layoutOf(FILES)
    const { bundle, rootfs } = await bundleOf(layout)
    writeFileSync(join(rootfs, 'new'), 'one')
    const { mtime } = lstatSync(join(rootfs, 'bin/a'))
    await repack(`oci:${layout}:v2`, bundle, {
      refreshBundle: true,
      onProgress: () => {
        // All has been looked at.
        writeFileSync(join(rootfs, 'bin/a'), 'b')
        utimesSync(join(rootfs, 'bin/a'), mtime, mtime)
      },
    })
    expect(await repack(`oci:${layout}:v3`, bundle)).toMatchObject({ changed: 3 })
  })

  test('loses sockets, which is told; pipes are packed', async () => {
    const layout = await layoutOf(FILES)
    const { bundle, rootfs } = await bundleOf(layout)
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(rootfs, 'socket'), resolve))
    execFileSync('mkfifo', [join(rootfs, 'pipe')])
    const { warnings } = await repack(`oci:${layout}:v2`, bundle)
    server.close()
    expect(warnings).toMatchObject([{ code: 'SOCKET', where: 'socket' }])
    expect(await entriesOf(layout, 'v2')).toEqual(['directory .', 'fifo pipe'])
  })

  test('without koffi is repacked as well, and attributes are not taken for gone', async () => {
    const layout = await layoutOf(FILES)
    const { bundle, rootfs } = await bundleOf(layout)
    execFileSync('setfattr', ['-n', 'user.note', '-v', 'x', join(rootfs, 'etc/group')])
    await repack(`oci:${layout}:v2`, bundle, { refreshBundle: true })
    process.env.TRANSLOAD_KOFFI = 'off'
    try {
      expect(await repack(`oci:${layout}:v3`, bundle)).toMatchObject({ layer: null })
      chmodSync(join(rootfs, 'etc/passwd'), 0o600)
      const { warnings } = await repack(`oci:${layout}:v4`, bundle)
      expect(warnings).toMatchObject([{ code: 'XATTR', where: 'etc/passwd' }])
    } finally {
      delete process.env.TRANSLOAD_KOFFI
    }
  })

  test('can be stopped', async () => {
    const layout = await layoutOf(FILES)
    const { bundle, rootfs } = await bundleOf(layout)
    writeFileSync(join(rootfs, 'large'), '')
    truncateSync(join(rootfs, 'large'), 2 ** 40)
    const before = readdirSync(layout, { recursive: true })
    const controller = new AbortController()
    const onProgress = () => controller.abort()
    const stopped = repack(`oci:${layout}:v2`, bundle, { signal: controller.signal, onProgress })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    expect(readdirSync(layout, { recursive: true })).toEqual(before)
  })
})

describe('a bundle of somebody else', () => {
  test.each([
    ['a digest that is a path', (text: string) => text.replace(/sha256:[0-9a-f]{64}/, 'sha256:../../../etc/passwd')],
    ['a digest of nothing', (text: string) => text.replace(/sha256:[0-9a-f]{64}/, `sha256:${'0'.repeat(64)}`)],
    ['no JSON', () => 'nothing'],
    ['no descriptors', (text: string) => text.replace(/"descriptor_walk":\[.*?\]\}/, '"descriptor_walk":[]}')],
  ])('whose record has %s is refused', async (_, change) => {
    const layout = await layoutOf(FILES)
    const { bundle } = await bundleOf(layout)
    const path = join(bundle, 'umoci.json')
    const text = change(readFileSync(path, 'utf8'))
    writeFileSync(path, text)
    await expect(repack(`oci:${layout}:v2`, bundle)).rejects.toMatchObject({ name: 'ImageError' })
  })

  test.each([
    ['leads out', ['etc/', '..']],
    ['is absolute', ['etc', '/etc']],
  ])('whose mtree has a name that %s is refused', async (_, [, name = '']) => {
    const layout = await layoutOf(FILES)
    const { bundle } = await bundleOf(layout)
    const [mtree = ''] = readdirSync(bundle).filter((file) => file.endsWith('.mtree'))
    const text = readFileSync(join(bundle, mtree), 'utf8')
    writeFileSync(join(bundle, mtree), text.replace(/^ {4}link /m, `    ${name}/evil `))
    await expect(repack(`oci:${layout}:v2`, bundle)).rejects.toMatchObject({ name: 'ImageError' })
  })

  test('whose root file system is a link is refused', async () => {
    const layout = await layoutOf(FILES)
    const { bundle, rootfs } = await bundleOf(layout)
    renameSync(rootfs, join(bundle, 'other'))
    symlinkSync('other', rootfs)
    await expect(repack(`oci:${layout}:v2`, bundle)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('with a name that would be a whiteout is refused', async () => {
    const layout = await layoutOf(FILES)
    const { bundle, rootfs } = await bundleOf(layout)
    writeFileSync(join(rootfs, 'bin/.wh.a'), '')
    await expect(repack(`oci:${layout}:v2`, bundle)).rejects.toMatchObject({ code: 'UNSAFE', where: 'bin/.wh.a' })
  })
})
