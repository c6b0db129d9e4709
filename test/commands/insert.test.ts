import { execFileSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { addLayer } from '../../src/commands/addLayer.js'
import { insert, insertWhiteout } from '../../src/commands/insert.js'
import { validateMtree } from '../../src/commands/validateMtree.js'
import { blobIn, bundleOf, imageIn, layoutOf, unpackedRootfs } from '../fixtures/bundle.js'
import { canary } from '../fixtures/canary.js'
import { transload } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { treeOf } from '../fixtures/rootfs.js'
import { tar } from '../fixtures/tar.js'

const FILES = [
  { name: 'etc/', type: '5' },
  { name: 'etc/passwd', content: 'root' },
  { name: 'etc/group', content: 'root' },
]

describe('insert', () => {
  test('adds a directory with all that is in it, beside what is there', async () => {
    const layout = await layoutOf(FILES)
    const source = await temporaryDirectory()
    mkdirSync(join(source, 'deep'))
    writeFileSync(join(source, 'deep/file'), 'new')
    symlinkSync('file', join(source, 'deep/link'))
    const { layer } = await insert(`oci:${layout}:v1`, source, '/etc', { tag: 'v2' })
    const { config, manifest } = imageIn(layout, 'v2')
    expect(manifest.layers[1]).toMatchObject({ digest: layer.digest, size: layer.size })
    expect(config.history[1]).toMatchObject({ created_by: 'transload insert', author: 'me' })
    expect(treeOf(await unpackedRootfs(layout, 'v2'))).toEqual({
      'etc/': '',
      'etc/deep/': '',
      'etc/deep/file': 'new',
      'etc/deep/link': '-> file',
      'etc/group': 'root',
      'etc/passwd': 'root',
    })
  })

  test('hides what the target had before, if asked to', async () => {
    const layout = await layoutOf(FILES)
    const source = await temporaryDirectory()
    writeFileSync(join(source, 'only'), '1')
    await insert(`oci:${layout}:v1`, source, 'etc', { opaque: true })
    expect(treeOf(await unpackedRootfs(layout, 'v1'))).toEqual({ 'etc/': '', 'etc/only': '1' })
  })

  test('adds a link as a link, and does not follow it', async () => {
    const { path: home, assertUntouched } = await canary()
    const layout = await layoutOf(FILES)
    const link = join(await temporaryDirectory(), 'link')
    symlinkSync(home, link)
    await insert(`oci:${layout}:v1`, link, '/l')
    expect(treeOf(await unpackedRootfs(layout, 'v1'))).toMatchObject({ l: `-> ${home}` })
    assertUntouched()
  })

  test('does not wait for a pipe, but adds it', async () => {
    const layout = await layoutOf(FILES)
    const pipe = join(await temporaryDirectory(), 'pipe')
    execFileSync('mkfifo', [pipe])
    await insert(`oci:${layout}:v1`, pipe, 'run/pipe')
    expect(lstatSync(join(await unpackedRootfs(layout, 'v1'), 'run/pipe')).isFIFO()).toBe(true)
  })

  test('removes a path', async () => {
    const layout = await layoutOf(FILES)
    await insertWhiteout(`oci:${layout}:v1`, '/etc/group')
    expect(treeOf(await unpackedRootfs(layout, 'v1'))).toEqual({ 'etc/': '', 'etc/passwd': 'root' })
  })

  test.each(['/', '.', '/..'])('refuses to remove %s', async (target) => {
    const layout = await layoutOf(FILES)
    await expect(insertWhiteout(`oci:${layout}:v1`, target)).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('refuses a file in the place of the root', async () => {
    const layout = await layoutOf(FILES)
    const source = await temporaryFile(Buffer.from('x'))
    const before = readFileSync(join(layout, 'index.json'), 'utf8')
    await expect(insert(`oci:${layout}:v1`, source, '/')).rejects.toMatchObject({ code: 'UNSAFE' })
    expect(readFileSync(join(layout, 'index.json'), 'utf8')).toBe(before)
  })

  test.each(['/etc/.wh.x', '.wh.', 'a/.wh..wh..opq', '/.wh.a/b'])('refuses the target %s', async (target) => {
    const layout = await layoutOf(FILES)
    const source = await temporaryFile(Buffer.from('x'))
    const before = readFileSync(join(layout, 'index.json'), 'utf8')
    await expect(insert(`oci:${layout}:v1`, source, target)).rejects.toMatchObject({ code: 'UNSAFE' })
    await expect(insertWhiteout(`oci:${layout}:v1`, target)).rejects.toMatchObject({ code: 'UNSAFE' })
    expect(readFileSync(join(layout, 'index.json'), 'utf8')).toBe(before)
  })

  test('keeps a target within the image', async () => {
    const layout = await layoutOf(FILES)
    await insert(`oci:${layout}:v1`, await temporaryFile(Buffer.from('x')), '../../up')
    expect(treeOf(await unpackedRootfs(layout, 'v1'))).toMatchObject({ up: 'x' })
  })

  test.runIf(process.geteuid?.() === 0)('maps owners back, and refuses those that are not mapped', async () => {
    const layout = await layoutOf(FILES)
    const source = await temporaryFile(Buffer.from('x'))
    chownSync(source, 100_005, 200_006)
    const maps = { uidMap: ['0:100000:10'], gidMap: ['0:200000:10'] }
    await insert(`oci:${layout}:v1`, source, 'x', maps)
    expect(lstatSync(join(await unpackedRootfs(layout, 'v1'), 'x'))).toMatchObject({ uid: 5, gid: 6 })
    chownSync(source, 0, 0)
    await expect(insert(`oci:${layout}:v1`, source, 'x', maps)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })

  test('says what it did, on the command line', async () => {
    const layout = await layoutOf(FILES)
    const source = await temporaryFile(Buffer.from('x'))
    const done = await transload('insert', '--image', `oci:${layout}:v1`, '--compress', 'none', source, '/x', '--json')
    expect(done).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(done.stdout)).toMatchObject({
      digest: imageIn(layout, 'v1').digest,
      layer: { compression: 'none' },
    })
    expect(await transload('insert', '--image', `oci:${layout}:v1`, '--whiteout', '/x')).toMatchObject({ status: 0 })
    expect(existsSync(join(await unpackedRootfs(layout, 'v1'), 'x'))).toBe(false)
    expect(await transload('insert', '--image', `oci:${layout}:v1`, source)).toMatchObject({ status: 2 })
  })
})

describe('raw add-layer', () => {
  test('adds a tar whose bytes stay, with or without a step in the history', async () => {
    const layout = await layoutOf(FILES)
    const bytes = tar([{ name: 'x', content: '1' }])
    const layer = await temporaryFile(bytes)
    const { warnings } = await addLayer(`oci:${layout}:v1`, layer, { compress: 'none', history: false })
    expect(warnings).toMatchObject([{ code: 'HISTORY' }])
    const { manifest, config } = imageIn(layout, 'v1')
    expect(blobIn(layout, manifest.layers[1]?.digest ?? '').equals(bytes)).toBe(true)
    expect(config.history).toHaveLength(1)
    await addLayer(`oci:${layout}:v1`, layer, { compress: 'zstd', history: { createdBy: 'by hand', author: '' } })
    await addLayer(`oci:${layout}:v1`, layer)
    const after = imageIn(layout, 'v1')
    expect(after.config.history.slice(1)).toMatchObject([
      { created_by: 'by hand' },
      { created_by: 'transload raw add-layer' },
    ])
    const types = after.manifest.layers.map(({ mediaType }) => mediaType.replace(/.*tar/, ''))
    expect(types.slice(1)).toEqual(['', '+zstd', '+zstd'])
  })

  test.each([
    ['gzip', gzipSync(tar([{ name: 'x' }])), 'decompress it first'],
    ['empty', Buffer.alloc(0), undefined],
    ['something else', Buffer.from('no tar'), undefined],
  ])('refuses what is no tar: %s', async (found, bytes, hint) => {
    const layout = await layoutOf(FILES)
    const before = readFileSync(join(layout, 'index.json'), 'utf8')
    const work = addLayer(`oci:${layout}:v1`, await temporaryFile(bytes))
    const details = { code: 'FORMAT', found, ...(hint && { hint: expect.stringContaining(hint) }) }
    await expect(work).rejects.toMatchObject(details)
    expect(readFileSync(join(layout, 'index.json'), 'utf8')).toBe(before)
  })

  test('refuses a directory', async () => {
    const layout = await layoutOf(FILES)
    await expect(addLayer(`oci:${layout}:v1`, layout)).rejects.toMatchObject({ code: 'USAGE' })
  })
})

describe('raw mtree-validate', () => {
  test('tells each difference', async () => {
    const { bundle, rootfs } = await bundleOf(await layoutOf(FILES))
    const mtree = join(bundle, readdirSync(bundle).find((name) => name.endsWith('.mtree')) ?? '')
    expect(await validateMtree(mtree, rootfs)).toEqual([])
    writeFileSync(join(rootfs, 'etc/group'), 'ROOT')
    writeFileSync(join(rootfs, 'etc/new'), '')
    execFileSync('rm', [join(rootfs, 'etc/passwd')])
    const lines = await validateMtree(mtree, rootfs, { keywords: ['sha256digest'] })
    expect(lines).toMatchObject([
      expect.stringMatching(/^"etc\/group": keyword "sha256digest": expected [0-9a-f]{64}; got [0-9a-f]{64}$/),
      '"etc/new": unexpected path',
      '"etc/passwd": missing path',
    ])
    expect((await validateMtree(mtree, rootfs, { keywords: [], addKeywords: ['sha1'] }))[0]).toContain('"sha1digest"')
    await expect(validateMtree(mtree, rootfs, { keywords: ['cksum'] })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    expect(await transload('raw', 'mtree-validate', mtree, rootfs)).toMatchObject({ status: 1 })
  })
})
