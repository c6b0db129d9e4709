import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { unpack } from '../../src/commands/unpack.js'
import { unpackRootfs } from '../../src/commands/unpackRootfs.js'
import { canary } from '../fixtures/canary.js'
import { transloadWith } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, dockerEntries, image, imageWith } from '../fixtures/image.js'
import { converted } from '../fixtures/layout.js'
import { treeOf } from '../fixtures/rootfs.js'
import { tar } from '../fixtures/tar.js'

const BUNDLE = ['config.json', 'rootfs', 'umoci.json']

describe('a bundle', () => {
  test('has the files of the image, and what runtimes and umoci need', async () => {
    const archive = await temporaryFile(dockerArchive(image()))
    const bundle = join(await temporaryDirectory(), 'deep', 'bundle')
    const { manifest, layers } = await unpack(archive, bundle)
    expect(layers).toBe(2)
    const mtree = `${manifest.replace(':', '_')}.mtree`
    expect(readdirSync(bundle).sort()).toEqual([...BUNDLE, mtree].sort())
    expect(treeOf(join(bundle, 'rootfs'))).toEqual({ file0: 'one', file1: 'two' })
    expect(lstatSync(bundle).mode & 0o777).toBe(0o700)
    const sum = createHash('sha256').update('one').digest('hex')
    expect(readFileSync(join(bundle, mtree), 'utf8')).toContain(`sha256digest=${sum}`)
    expect(JSON.parse(readFileSync(join(bundle, 'umoci.json'), 'utf8'))).toMatchObject({
      umoci_version: '2',
      from_descriptor_path: { descriptor_walk: [{ digest: manifest }] },
    })
  })

  test('is the same from an archive, a layout, a pipe and a compressed archive', async () => {
    const archive = dockerArchive(image())
    const file = await temporaryFile(archive)
    const { path: layout } = await converted(archive)
    const root = await temporaryDirectory()
    await unpack(file, join(root, 'file'))
    await unpack(`oci:${layout}:v1`, join(root, 'layout'))
    const piped = await transloadWith(archive, 'unpack', '--image', '-', join(root, 'pipe'))
    expect(piped).toMatchObject({ status: 0, stderr: '' })
    const trees = ['file', 'layout', 'pipe'].map((name) => treeOf(join(root, name, 'rootfs')))
    expect(trees).toEqual([trees[0], trees[0], trees[0]])
    const configs = ['file', 'layout', 'pipe'].map((name) => readFileSync(join(root, name, 'config.json'), 'utf8'))
    expect(new Set(configs).size).toBe(1)
    expect(readdirSync(join(root, 'pipe'))).not.toContain('spool')
  })

  test.each(BUNDLE)('is not made where there is %s already, which stays', async (name) => {
    const archive = await temporaryFile(dockerArchive(image()))
    const bundle = await temporaryDirectory()
    writeFileSync(join(bundle, name), 'mine')
    await expect(unpack(archive, bundle)).rejects.toMatchObject({ code: 'EXISTS' })
    expect(treeOf(bundle)).toEqual({ [name]: 'mine' })
  })

  test('of a compressed archive warns of the same as of the archive, and is refused if warnings are', async () => {
    const archive = tar(dockerEntries([image()]).map((entry) => ({ ...entry, name: `images/${entry.name}` })))
    const root = await temporaryDirectory()
    const packed = await temporaryFile(gzipSync(archive))
    const told = await unpack(await temporaryFile(archive), join(root, 'plain'))
    expect(told.warnings).toMatchObject([{ code: 'SUBFOLDER' }])
    expect((await unpack(packed, join(root, 'packed'))).warnings).toMatchObject([{ code: 'SUBFOLDER' }])
    const refused = unpack(packed, join(root, 'strict'), { strict: true })
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('images/') })
    expect(readdirSync(root).sort()).toEqual(['packed', 'plain'])
  })

  test('that fails leaves a directory as open as it was', async () => {
    const archive = await temporaryFile(dockerArchive(image()))
    const bundle = await temporaryDirectory()
    chmodSync(bundle, 0o1777)
    await expect(unpack(`${archive}:nothing`, bundle)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(lstatSync(bundle).mode & 0o7777).toBe(0o1777)
  })

  test('leaves nothing behind if a layer fails, not even the directories that were made', async () => {
    const bad = imageWith([
      [
        { name: 'a', content: '1' },
        { name: 'l', type: '1', linkTarget: 'nothing' },
      ],
    ])
    const root = await temporaryDirectory()
    const archive = await temporaryFile(dockerArchive(bad))
    await expect(unpack(archive, join(root, 'x', 'bundle'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('the target of a hard link is not there'),
    })
    expect(readdirSync(root)).toEqual([])
    await expect(unpackRootfs(archive, join(root, 'tree'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(readdirSync(root)).toEqual([])
  })

  test('whose layer is not the one of the config is refused', async () => {
    const good = image()
    const archive = await temporaryFile(
      dockerArchive({ ...good, layers: [tar([{ name: 'evil' }]), ...good.layers.slice(1)] }),
    )
    await expect(unpack(archive, join(await temporaryDirectory(), 'b'))).rejects.toMatchObject({ code: 'INTEGRITY' })
  })

  test('looks users up within the image, through its links, and never on the host', async () => {
    const { path: home, assertUntouched } = await canary()
    writeFileSync(join(home, '..', 'passwd'), 'app:x:1:1::/host:/bin/sh\n')
    const entries = [
      { name: 'etc/passwd', type: '2', linkTarget: '/nix/passwd' },
      { name: 'nix/passwd', content: 'app:x:1234:99::/home/app:/bin/sh\n' },
    ]
    const bundle = join(await temporaryDirectory(), 'b')
    await unpack(await temporaryFile(dockerArchive(imageWith([entries], { User: 'app' }))), bundle)
    expect(JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')).process.user).toMatchObject({
      uid: 1234,
      gid: 99,
    })
    const escaping = imageWith([[{ name: 'etc', type: '2', linkTarget: join(home, '..') }]], { User: 'app' })
    await expect(
      unpack(await temporaryFile(dockerArchive(escaping)), join(await temporaryDirectory(), 'b')),
    ).rejects.toThrow('app')
    assertUntouched()
  })
})

test('links in the place of directories that runtimes mount on are told', async () => {
  const links = ['dev', 'sys'].map((name) => ({ name, type: '2', linkTarget: '/x' }))
  const archive = await temporaryFile(dockerArchive(imageWith([links])))
  const { warnings } = await unpack(archive, join(await temporaryDirectory(), 'bundle'))
  expect(warnings).toMatchObject([
    { code: 'RUNTIME_LINK', message: '2 links are in the place of a directory that runtimes mount on', where: 'dev' },
  ])
})

describe('a directory of files alone', () => {
  test('is made, or fills an empty one', async () => {
    const archive = await temporaryFile(dockerArchive(image()))
    const root = await temporaryDirectory()
    mkdirSync(join(root, 'empty'))
    for (const name of ['new', 'empty']) {
      await unpackRootfs(archive, join(root, name))
      expect(treeOf(join(root, name))).toEqual({ file0: 'one', file1: 'two' })
    }
    expect(readdirSync(root).sort()).toEqual(['empty', 'new'])
  })

  test('does not replace a link, nor what is there', async () => {
    const archive = await temporaryFile(dockerArchive(image()))
    const { path: home, assertUntouched } = await canary()
    const root = await temporaryDirectory()
    symlinkSync(home, join(root, 'link'))
    for (const path of [join(root, 'link'), home]) {
      await expect(unpackRootfs(archive, path)).rejects.toMatchObject({ code: 'EXISTS' })
    }
    assertUntouched()
  })
})
