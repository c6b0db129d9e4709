import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { digestOf } from '../../../src/spec/digest.js'
import type { ErrorCode } from '../../../src/spec/errors.js'
import { addPlatforms, archiveOf, newLayout, stacked } from '../../fixtures/archives.js'
import { content } from '../../fixtures/bytes.js'
import { temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { addImage, dockerArchive, dockerEntries, image, type Layout, layoutEntries } from '../../fixtures/image.js'
import { converted, DOORS } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

const made = image()
const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = made.layers

const MISSING = addImage(newLayout(), made)

interface Case {
  code: ErrorCode
  message: RegExp
  archive: () => Buffer
}

const CASES: Record<string, Case> = {
  'a missing layer': {
    code: 'NOT_FOUND',
    message: /gone\.tar: a layer is not in the archive/,
    archive: () => archiveOf(made, ['0.tar', 'gone.tar'], [{ name: '0.tar', content: first }]),
  },
  'a layer with another diffID than the config says': {
    code: 'INTEGRITY',
    message: new RegExp(`diffID of layer 1 differs: expected ${digestOf(second)}, found ${digestOf(first)}`),
    archive: () => archiveOf(made, ['0.tar', '0.tar'], [{ name: '0.tar', content: first }]),
  },
  'fewer layers than the config has diffIDs': {
    code: 'INTEGRITY',
    message: /count of layers differs: expected 2 as in the config, found 1/,
    archive: () => archiveOf(made, ['0.tar'], [{ name: '0.tar', content: first }]),
  },
  'a config without rootfs': {
    code: 'FORMAT',
    message: /config has no rootfs/,
    archive: () => archiveOf({ tags: null, config: Buffer.from('{"os":"linux"}') }, [], []),
  },
  'a missing config': {
    code: 'NOT_FOUND',
    message: /nowhere\.json: the config is not in the archive/,
    archive: () => tar([{ name: 'manifest.json', content: '[{"Config":"nowhere.json"}]' }]),
  },
  'a config that is no JSON': {
    code: 'FORMAT',
    message: /c\.json: not JSON/,
    archive: () =>
      tar([
        { name: 'c.json', content: 'no' },
        { name: 'manifest.json', content: '[{"Config":"c.json"}]' },
      ]),
  },
  'a manifest.json that is no list': {
    code: 'FORMAT',
    message: /manifest\.json: not a docker manifest\.json/,
    archive: () => tar([{ name: 'manifest.json', content: '{}' }]),
  },
  'no image': {
    code: 'NOT_FOUND',
    message: /there is no image in the archive/,
    archive: () => tar([{ name: 'manifest.json', content: '[]' }]),
  },
  'a repositories file that names what is not there': {
    code: 'NOT_FOUND',
    message: /0\/json: repositories names a layer that is not in the archive/,
    archive: () => tar([{ name: 'repositories', content: '{"app":{"v1":"0"}}' }]),
  },
  'a layer that is empty where the config names another': {
    code: 'INTEGRITY',
    message: new RegExp(`expected ${digestOf(first)}, found ${digestOf(Buffer.alloc(0))}`),
    archive: () => archiveOf(stacked([first]), ['0.tar'], [{ name: '0.tar', content: '' }]),
  },
  'a gzip layer that is damaged': {
    code: 'FORMAT',
    message: /ingest 0\.tar\.gz/,
    archive: () =>
      archiveOf(stacked([first]), ['0.tar.gz'], [{ name: '0.tar.gz', content: gzipSync(first).subarray(0, -9) }]),
  },
  'an xz layer that is damaged': {
    code: 'FORMAT',
    message: /ingest 0\.tar\.xz: xz data is damaged/,
    archive: () =>
      archiveOf(stacked([first]), ['0.tar.xz'], [{ name: '0.tar.xz', content: Buffer.from('fd377a585a0000', 'hex') }]),
  },
  'a blob that is not what its name says': {
    code: 'INTEGRITY',
    message: /digest differs: expected sha256:[0-9a-f]{64}, found sha256:[0-9a-f]{64}/,
    archive: () => spoiled((blob) => Buffer.concat([blob.subarray(0, -1), Buffer.from('!')])),
  },
  'a blob of another size than its descriptor says': {
    code: 'INTEGRITY',
    // A pipe knows what passed before it knows how large that should be.
    message: /(size|digest) differs: expected \S+, found \S+/,
    archive: () => spoiled((blob) => Buffer.concat([blob, blob])),
  },
  'a blob missing that a manifest names': {
    code: 'NOT_FOUND',
    message: /a blob is not in the source/,
    archive: () => spoiled(() => undefined),
  },
  'an index whose manifest is missing': {
    code: 'NOT_FOUND',
    message: new RegExp(`${MISSING.digest}: a blob is not in the source`),
    archive: () => tar(layoutEntries({ ...newLayout(), manifests: [MISSING] })),
  },
}

describe.each(Object.entries(CASES))('an archive with %s', (_, { code, message, archive }) => {
  test.each(Object.keys(DOORS))('is refused by %s, and leaves nothing', async (door) => {
    const root = await temporaryDirectory()
    const from = (await DOORS[door]?.(archive())) ?? ''
    const converting = convert(from, join(root, 'layout'))
    await expect(converting).rejects.toMatchObject({
      name: 'ImageError',
      code,
      message: expect.stringMatching(message),
    })
    expect(await readdir(root)).toEqual([])
  })
})

describe.each(['keep', 'uncompressed', 'gzip', 'zstd'] as const)('a layer of damaged gzip, layers: %s', (layers) => {
  const large = tar([{ name: 'file', content: content(300_000) }])
  const whole = gzipSync(large)
  const middle = Math.floor(whole.length / 2)

  test.each([
    ['another checksum', Buffer.from(whole).fill(0xee, whole.length - 8, whole.length - 4)],
    ['other bytes in its middle', Buffer.from(whole).fill(0xff, middle, middle + 100)],
    ['something behind it', Buffer.concat([whole, Buffer.from('\0junk')])],
  ])('with %s, is refused by every door, and leaves nothing', async (_, damaged) => {
    const archive = archiveOf(stacked([large]), ['layer.tar.gz'], [{ name: 'layer.tar.gz', content: damaged }])
    for (const open of Object.values(DOORS)) {
      const root = await temporaryDirectory()
      const converting = convert(await open(archive), join(root, 'layout'), { layers })
      const message = expect.stringContaining('ingest layer.tar.gz: gzip data is damaged')
      await expect(converting).rejects.toMatchObject({ code: 'FORMAT', message })
      expect(await readdir(root)).toEqual([])
    }
  })
})

test.each(['file', 'pipe'])('what is no tar is called so, by %s', async (door) => {
  const refused = (archive: Buffer | string) => expect(convertBy(door, Buffer.from(archive))).rejects
  await refused('').toMatchObject({ code: 'FORMAT', message: expect.stringContaining('the archive is empty') })
  await refused('{"a":1}').toMatchObject({ code: 'FORMAT', found: 'JSON' })
  await refused('x'.repeat(2000)).toMatchObject({ code: 'FORMAT', expected: 'a tar header' })
})

test.each(['file', 'pipe'])('a tar of something else is called so, by %s', async (door) => {
  const message = expect.stringContaining('expected manifest.json, index.json or repositories, found etc/passwd')
  const converting = convertBy(door, tar([{ name: 'etc/passwd', content: 'root' }]))
  await expect(converting).rejects.toMatchObject({ code: 'FORMAT', message })
  await expect(convertBy(door, tar([]))).rejects.toMatchObject({ code: 'FORMAT', found: 'an empty tar' })
})

test('an archive that is called by another kind is missed the list of that kind, with a hint', async () => {
  const layout = newLayout()
  layout.manifests.push(addImage(layout, made))
  const refused = async (transport: string, archive: Buffer) =>
    expect(converted(`${transport}:${await temporaryFile(archive)}`)).rejects
  await (await refused('docker-archive', tar(layoutEntries(layout)))).toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('there is no manifest.json'),
    hint: expect.stringContaining('it is an OCI layout'),
  })
  await (await refused('oci-archive', dockerArchive(made))).toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('there is no index.json'),
    hint: expect.stringContaining('it is a docker archive'),
  })
})

test('a source that is not there is called by its path', async () => {
  const converting = converted('/nowhere/at/all.tar')
  await expect(converting).rejects.toMatchObject({ code: 'NOT_FOUND', where: '/nowhere/at/all.tar' })
})

test('a directory that is no unpacked archive is refused', async () => {
  await expect(converted(await temporaryDirectory())).rejects.toMatchObject({ code: 'NOT_FOUND', found: 'nothing' })
})

test('a file that is damaged where no image needs it does not matter', async () => {
  const junk = { name: 'junk.tar.gz', content: gzipSync(first).subarray(0, 30) }
  const archive = tar([junk, ...dockerEntries([made])])
  const layouts = await Promise.all(Object.values(DOORS).map((open) => filesBy(open, archive)))
  expect(layouts).toEqual(layouts.map(() => layouts[0]))
})

test('an empty layer file counts where the config says so', async () => {
  const archive = archiveOf(stacked([Buffer.alloc(0)]), ['0.tar'], [{ name: '0.tar', content: '' }])
  for (const open of Object.values(DOORS)) expect(Object.keys(await filesBy(open, archive))).toHaveLength(5)
})

test('an empty layer file becomes the tar of no entries where the config means that', async () => {
  const archive = archiveOf(stacked([Buffer.alloc(1024)]), ['0.tar'], [{ name: '0.tar', content: '' }])
  const blob = `blobs/${digestOf(Buffer.alloc(1024)).replace(':', '/')}`
  for (const open of Object.values(DOORS)) expect(await filesBy(open, archive)).toHaveProperty([blob])
})

test('the manifest of a directory of skopeo is told for what it is', async () => {
  const descriptor = { mediaType: 'a/b', digest: digestOf(first), size: 1 }
  const manifest = JSON.stringify({ schemaVersion: 2, config: descriptor, layers: [] })
  await expect(converted(tar([{ name: 'manifest.json', content: manifest }]))).rejects.toMatchObject({
    code: 'FORMAT',
    hint: expect.stringContaining('skopeo copy dir:'),
  })
})

async function convertBy(door: string, archive: Buffer) {
  return convert((await DOORS[door]?.(archive)) ?? '', join(await temporaryDirectory(), 'layout'))
}

async function filesBy(open: (archive: Buffer) => Promise<Parameters<typeof convert>[0]>, archive: Buffer) {
  const path = join(await temporaryDirectory(), 'layout')
  await convert(await open(archive), path)
  return (await converted(path)).files
}

/** A layout in a tar, one layer of which is not what its name says. */
function spoiled(change: (blob: Buffer) => Buffer | undefined): Buffer {
  const layout: Layout = newLayout()
  layout.manifests.push(addPlatforms(layout).root, addImage(layout, image({ files: ['spoiled'] })))
  const digest = [...layout.blobs.keys()].at(-2) ?? ''
  const changed = change(layout.blobs.get(digest) ?? Buffer.alloc(0))
  if (changed === undefined) layout.blobs.delete(digest)
  else layout.blobs.set(digest, changed)
  return tar(layoutEntries(layout))
}
