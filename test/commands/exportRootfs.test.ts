import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { exportRootfs } from '../../src/commands/exportRootfs.js'
import { procCalls } from '../../src/rootfs/procCalls.js'
import { transload, transloadWith } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image, imageWith } from '../fixtures/image.js'
import { converted, unpacked } from '../fixtures/layout.js'
import { treeOf, written } from '../fixtures/rootfs.js'

const LARGE = Buffer.alloc(9 * 1024 * 1024, 'large')

const LOWER = [
  { name: 'd/', type: '5', mtime: 1 },
  { name: 'd/a', content: 'A', mtime: 2 },
  { name: 'd/gone', content: 'x', mtime: 2 },
  // Larger than what is read of an uncompressed layer when its headers are looked for.
  { name: 'large', content: LARGE, mtime: 2 },
  { name: 'behind', content: 'B', mtime: 2 },
]
const ARCHIVE = dockerArchive(imageWith([LOWER, [{ name: 'd/.wh.gone' }, { name: 'e', content: 'E', mtime: 3 }]]))

test('a file system is one tar, the same from every kind of source', async () => {
  const { path: layout } = await converted(ARCHIVE, { layers: 'gzip' })
  const root = await temporaryDirectory()
  const places = [await temporaryFile(ARCHIVE), await temporaryFile(gzipSync(ARCHIVE)), await unpacked(ARCHIVE), layout]
  const file = join(root, 'x.tar')
  const tars: Buffer[] = []
  for (const place of places) {
    const exported = await exportRootfs(place, file, { force: true })
    tars.push(readFileSync(file))
    expect(exported).toMatchObject({ layers: 2, entries: 5, size: tars.at(-1)?.length, warnings: [] })
  }
  const piped = await transloadWith(ARCHIVE, 'export', '-', join(root, 'piped.tar'))
  expect(piped).toMatchObject({ status: 0, stdout: '', stderr: '' })
  const [first = Buffer.alloc(0), ...others] = [...tars, readFileSync(join(root, 'piped.tar'))]
  expect(others.map((one) => one.equals(first))).toEqual([true, true, true, true])
  const { path } = await written(procCalls, [first])
  expect(treeOf(path)).toEqual({ 'd/': '', 'd/a': 'A', large: LARGE.toString(), behind: 'B', e: 'E' })
  expect(readdirSync(root).sort()).toEqual(['piped.tar', 'x.tar'])
})

test('the destination is standard output, an argument or an option, and its ending chooses a compression', async () => {
  const file = await temporaryFile(dockerArchive(image({ files: ['one'] })))
  const to = await temporaryDirectory()
  const { stdout } = await transload('export', file)
  expect(stdout).toContain('file0')
  for (const args of [
    [file, join(to, 'a.tar')],
    ['--image', file, '-o', join(to, 'b.tar')],
    [file, '--to', join(to, 'c.tar')],
  ]) {
    expect(await transload('export', ...args)).toMatchObject({ status: 0, stderr: '' })
  }
  const [a, b, c] = ['a', 'b', 'c'].map((name) => readFileSync(join(to, `${name}.tar`), 'latin1'))
  expect([a, b, c]).toEqual([stdout, stdout, stdout])
  await exportRootfs(file, join(to, 'd.tar.gz'))
  expect(gunzipSync(readFileSync(join(to, 'd.tar.gz'))).toString('latin1')).toBe(stdout)
})

test('with the tar on standard output, JSON goes to standard error', async () => {
  const file = await temporaryFile(dockerArchive(image()))
  const { stderr } = await transload('export', file, '--json')
  expect(JSON.parse(stderr)).toMatchObject({ layers: 2, entries: 2, warnings: [] })
})

test('a file that exists stays, unless it is to be replaced', async () => {
  const file = await temporaryFile(dockerArchive(image()))
  const to = join(await temporaryDirectory(), 'x.tar')
  writeFileSync(to, 'mine')
  await expect(exportRootfs(file, to)).rejects.toMatchObject({ code: 'EXISTS', hint: /--force/ })
  expect(readFileSync(to, 'utf8')).toBe('mine')
  await exportRootfs(file, to, { force: true })
  expect(readFileSync(to).length).toBe(3072)
})

test('a layer that is not what the image says leaves no file', async () => {
  const archive = dockerArchive(image({ files: ['one'] }))
  const at = archive.indexOf('one')
  const spoiled = await temporaryFile(
    Buffer.concat([archive.subarray(0, at), Buffer.from('two'), archive.subarray(at + 3)]),
  )
  const to = await temporaryDirectory()
  await expect(exportRootfs(spoiled, join(to, 'x.tar'))).rejects.toMatchObject({ code: 'INTEGRITY' })
  expect(readdirSync(to)).toEqual([])
})

test('a place of images is no destination, and two destinations are refused', async () => {
  const file = await temporaryFile(dockerArchive(image()))
  await expect(exportRootfs(file, 'oci:x')).rejects.toMatchObject({ code: 'USAGE', hint: /convert/ })
  expect(await transload('export', file, 'a.tar', '-o', 'b.tar')).toMatchObject({ status: 2 })
  expect(await transload('export')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('the image is missing'),
  })
})

test('the source is no destination, nor is a file in it', async () => {
  const file = await temporaryFile(dockerArchive(image()))
  await expect(exportRootfs(file, file, { force: true })).rejects.toMatchObject({ code: 'USAGE' })
  const { path } = await converted(ARCHIVE)
  const inside = join(path, 'index.json')
  await expect(exportRootfs(`oci:${path}`, inside, { force: true })).rejects.toMatchObject({ code: 'USAGE' })
  expect(readFileSync(inside, 'utf8')).toContain('manifests')
})
