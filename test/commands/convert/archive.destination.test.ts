import { lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import type { ConvertOptions } from '../../../src/commands/options.js'
import { ARCHIVE_FORMATS, type ArchiveFormat } from '../../../src/spec/archiveFormat.js'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'
import { newLayout } from '../../fixtures/archives.js'
import { filesBelow, temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { entriesOf, exported } from '../../fixtures/exporting.js'
import { addImage, dockerArchive, image, layoutEntries } from '../../fixtures/image.js'
import { tar } from '../../fixtures/tar.js'

const CLASSIC: ArchiveFormat[] = ['docker-25', 'docker-legacy']

describe('a destination that is there', () => {
  const archive = dockerArchive(image())

  test.each(ARCHIVE_FORMATS)('as a file is not replaced but by force: %s', async (format) => {
    const path = join(await temporaryDirectory(), 'out.tar')
    await writeFile(path, 'mine')
    const from = await temporaryFile(archive)
    await expect(convert(from, path, { format })).rejects.toMatchObject({
      code: 'EXISTS',
      where: path,
      hint: expect.stringContaining('force'),
    })
    expect(await readFile(path, 'utf8')).toBe('mine')
    await convert(from, path, { format, force: true })
    expect((await entriesOf(await readFile(path))).size).toBeGreaterThan(4)
  })

  test('as a directory is never replaced', async () => {
    const path = join(await temporaryDirectory(), 'out.tar')
    await mkdir(path)
    for (const force of [false, true]) {
      const converting = convert(await temporaryFile(archive), path, { force })
      await expect(converting).rejects.toMatchObject({ code: 'EXISTS' })
    }
    expect(await readdir(path)).toEqual([])
  })

  test.each(['real.tar', 'nothing.tar'])(
    'as a symlink is replaced by force only, and not what it leads to: %s',
    async (target) => {
      const root = await temporaryDirectory()
      await writeFile(join(root, 'real.tar'), 'old')
      await symlink(target, join(root, 'link.tar'))
      const from = await temporaryFile(archive)
      await expect(convert(from, join(root, 'link.tar'))).rejects.toMatchObject({ code: 'EXISTS' })
      expect(await readlink(join(root, 'link.tar'))).toBe(target)
      await convert(from, join(root, 'link.tar'), { force: true })
      expect((await lstat(join(root, 'link.tar'))).isFile()).toBe(true)
      expect((await entriesOf(await readFile(join(root, 'link.tar')))).size).toBeGreaterThan(4)
      expect(await readFile(join(root, 'real.tar'), 'utf8')).toBe('old')
      expect((await readdir(root)).sort()).toEqual(['link.tar', 'real.tar'])
    },
  )

  test('as a file of a source directory is wrong usage, as a new one beside it is not', async () => {
    const layout = join(await temporaryDirectory(), 'layout')
    await convert(await temporaryFile(archive), layout)
    const before = await filesBelow(layout)
    for (const name of Object.keys(before)) {
      const converting = convert(layout, `docker-archive:${join(layout, name)}`, { force: true })
      await expect(converting).rejects.toMatchObject({ code: 'USAGE' })
    }
    expect(await filesBelow(layout)).toEqual(before)
    await convert(layout, join(layout, 'beside.tar'))
    expect(Object.keys(await filesBelow(layout))).toEqual([...Object.keys(before), 'beside.tar'].sort())
  })

  test('keeps the mode of what it replaces', async () => {
    const path = join(await temporaryDirectory(), 'out.tar')
    await writeFile(path, 'old', { mode: 0o600 })
    await convert(await temporaryFile(archive), path, { force: true })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test('as the source is wrong usage, by whatever path', async () => {
    const path = await temporaryFile(archive)
    const link = join(await temporaryDirectory(), 'link.tar')
    await symlink(path, link)
    for (const to of [path, `docker-archive:${path}`, link]) {
      await expect(convert(path, to, { force: true })).rejects.toMatchObject({ code: 'USAGE' })
    }
    expect(await readFile(path)).toEqual(archive)
  })
})

describe('wrong usage', () => {
  test.each<[string, string, ConvertOptions]>([
    ['compressed layers where there are none', 'out.tar', { format: 'docker-legacy', layers: 'gzip' }],
    ['compressed layers where there are none', 'out.tar', { format: 'docker-25', layers: 'zstd' }],
    ['a format of a directory', 'out', { format: 'docker' }],
    ['a format of a directory', 'oci:out.tar', { format: 'oci' }],
    ['a docker archive that is none', 'docker-archive:out.tar', { format: 'oci' }],
    ['an OCI archive that is none', 'oci-archive:out.tar', { format: 'docker-legacy' }],
    ['an OCI archive that is none', 'oci-archive:out.tar', { format: 'docker-25' }],
    ['a time zone that there is not', 'out.tar', { format: 'docker-25', timeZone: 'Mars/Base' }],
    ['a time zone of nothing', 'out.tar', { timeZone: 'UTC' }],
    ['an owner of nothing', 'out.tar', { format: 'docker-25', uname: 'root' }],
    ['a format that there is not', 'out.tar', { format: 'docker-26' as never }],
  ])('is %s: %s, %j', async (_, to, options) => {
    const root = await temporaryDirectory()
    const place = to.includes(':') ? to.replace(':', `:${root}/`) : join(root, to)
    const converting = convert(await temporaryFile(dockerArchive(image())), place, options)
    await expect(converting).rejects.toMatchObject({ code: 'USAGE' })
    expect(await readdir(root)).toEqual([])
  })
})

test.each<[string, ConvertOptions, string[]]>([
  ['oci-archive:', {}, ['index.json', 'oci-layout']],
  ['oci-archive:', { format: 'docker' }, ['index.json', 'manifest.json', 'oci-layout']],
  ['docker-archive:', {}, ['index.json', 'manifest.json', 'oci-layout']],
  ['docker-archive:', { format: 'docker-25' }, ['index.json', 'manifest.json', 'oci-layout', 'repositories']],
  ['', {}, ['index.json', 'manifest.json', 'oci-layout']],
  ['', { format: 'oci' }, ['index.json', 'oci-layout']],
])('%sPATH with %j is an archive with the files %s', async (prefix, options, expected) => {
  const path = join(await temporaryDirectory(), 'out.tar')
  await convert(await temporaryFile(dockerArchive(image())), `${prefix}${path}`, options)
  const names = [...(await entriesOf(await readFile(path))).keys()]
  expect(names.filter((name) => !name.includes('/'))).toEqual(expected)
})

test.each(CLASSIC)('an image without layers cannot be %s, and it is said what can', async (format) => {
  const archive = dockerArchive(image({ files: [] }))
  await expect(exported(archive, { format })).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    hint: expect.stringContaining('docker'),
  })
  expect((await exported(archive)).images).toHaveLength(1)
})

test.each(CLASSIC)('a config that Docker could not read cannot be %s', async (format) => {
  const config = { ...JSON.parse(image().config.toString()), created: 'yesterday' }
  const layout = newLayout()
  layout.manifests.push(addImage(layout, { ...image(), config: canonicalJSON(config) }))
  const archive = tar(layoutEntries(layout))
  await expect(exported(archive, { format })).rejects.toMatchObject({ code: 'FORMAT' })
})
