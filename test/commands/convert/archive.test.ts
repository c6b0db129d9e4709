import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Bytes, single } from '../../../src/bytes/bytes.js'
import type { Progress } from '../../../src/bytes/context.js'
import { convert } from '../../../src/commands/convert.js'
import type { ConvertOptions } from '../../../src/commands/options.js'
import { unzstd } from '../../../src/compression/zstd.js'
import { ARCHIVE_FORMATS } from '../../../src/spec/archiveFormat.js'
import { digestOf } from '../../../src/spec/digest.js'
import { OCI_MANIFEST } from '../../../src/spec/mediaTypes.js'
import { ARCHIVES, addPlatforms, NAME, newLayout, stacked } from '../../fixtures/archives.js'
import { collect, content, inChunks } from '../../fixtures/bytes.js'
import { temporaryDirectory } from '../../fixtures/directory.js'
import { blobsIn, exported, jsonIn, sample, streamed } from '../../fixtures/exporting.js'
import { dockerArchive, image, type Layout, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { converted, DOORS } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

type Open = (archive: Buffer) => Promise<string | Bytes>

/** The ways that an image may have come. */
const SOURCES: [string, Open][] = [
  ...Object.entries(DOORS),
  ['OCI layout', async (archive) => (await converted(archive)).path],
  ['OCI archive', async (archive) => (await exported(archive, { format: 'oci' })).path],
  ['OCI archive on a pipe', async (archive) => inChunks((await exported(archive, { format: 'oci' })).bytes, 65_536)],
  ['docker archive of ours', async (archive) => (await exported(archive, { format: 'docker' })).path],
]

const SAMPLES: [string, ConvertOptions][] = [
  ['docker-20.10.tar', { format: 'docker-legacy', uname: 'root' }],
  ['docker-28.tar', { format: 'docker-25' }],
  ['docker-28-containerd.tar', { format: 'docker' }],
]

describe.each(SAMPLES)('what Docker wrote, %s, is written again byte for byte', (name, options) => {
  test.each(SOURCES)('from: %s', async (_, open) => {
    const archive = await sample(name)
    const { bytes, warnings } = await exported(await open(archive), options)
    expect(withoutWritingTime(bytes).equals(withoutWritingTime(archive))).toBe(true)
    expect(warnings).toEqual([])
  })

  test('to a stream', async () => {
    const archive = await sample(name)
    const { bytes } = await streamed(archive, options)
    expect(withoutWritingTime(bytes).equals(withoutWritingTime(archive))).toBe(true)
  })
})

test('what Docker wrote of 28 differs in the time of its writing only, which is that of one directory', async () => {
  const archive = await sample('docker-28.tar')
  const { bytes } = await exported(archive, { format: 'docker-25' })
  const differing = Array.from(bytes.keys()).filter((at) => bytes[at] !== archive[at])
  expect(bytes.length).toBe(archive.length)
  expect(differing.every((at) => at >= 512 + 136 && at < 512 + 156)).toBe(true)
})

describe('the way to an archive and back', () => {
  test.each(['docker', 'oci'] as const)('keeps every blob and the index: %s', async (format) => {
    const layout = platforms()
    const there = await exported(tar(layoutEntries(layout)), { format })
    const back = await exported(there.path, { format: 'oci' })
    expect(jsonIn(back, 'index.json').manifests).toEqual(layout.manifests)
    expect(blobsIn(back)).toEqual([...layout.blobs].sort(([a], [b]) => (a < b ? -1 : 1)))
  })

  test.each(ARCHIVE_FORMATS)('keeps the ID and the layers of an image: %s', async (format) => {
    const made = image({ files: ['one', content(100_000).toString(), ''] })
    const { path } = await exported(dockerArchive(made), { format })
    const { files, images } = await converted(path)
    const before = await converted(dockerArchive(made))
    expect(images).toMatchObject([{ reference: NAME, config: digestOf(made.config) }])
    expect(files).toEqual(before.files)
  })

  test.each(ARCHIVE_FORMATS)('is the same from a file, a pipe and a directory: %s', async (format) => {
    for (const [name, make] of Object.entries(ARCHIVES)) {
      if (name === 'an image without layers' && format !== 'docker' && format !== 'oci') continue
      const results = []
      for (const open of Object.values(DOORS)) results.push((await exported(await open(make()), { format })).bytes)
      const [file, ...others] = results
      for (const other of others) expect([name, other.equals(file ?? Buffer.alloc(0))]).toEqual([name, true])
    }
  })

  test.each(ARCHIVE_FORMATS)('is the same whether the index came before the blobs or after: %s', async (format) => {
    const entries = layoutEntries(platforms())
    const [after, before] = [tar(entries), tar(entries.toReversed())]
    const results = []
    for (const archive of [after, before]) {
      results.push((await exported(archive, { format })).bytes)
      results.push((await exported(inChunks(archive, 5000), { format })).bytes)
    }
    expect(new Set(results.map((bytes) => digestOf(bytes))).size).toBe(1)
  })
})

describe('an archive', () => {
  test('of repeated layers has symlinks in docker-legacy', async () => {
    const [one, two] = [tar([{ name: 'a' }]), tar([{ name: 'b' }])]
    const { entries } = await exported(dockerArchive(stacked([one, two, one])), { format: 'docker-legacy' })
    const layers = [...entries.values()].filter(({ header }) => header.name.endsWith('/layer.tar'))
    expect(layers.map(({ header }) => header.type).sort()).toEqual(['file', 'file', 'symlink'])
    for (const { header } of layers) {
      if (header.type === 'symlink') expect([...entries.keys()]).toContain(header.linkname.replace('../', ''))
    }
  })

  test.each(['docker', 'docker-25', 'oci'] as const)('has nothing but regular files in %s', async (format) => {
    const [one, two] = [tar([{ name: 'a' }]), tar([{ name: 'b' }])]
    const { entries } = await exported(dockerArchive(stacked([one, two, one])), { format })
    expect(entries.size).toBeGreaterThan(3)
    for (const { header } of entries.values()) {
      expect([header.name, header.type]).toEqual([header.name, header.name.endsWith('/') ? 'directory' : 'file'])
    }
  })

  test.each([
    ['out.tar.gz', (bytes: Buffer) => gunzipSync(bytes)],
    ['out.tgz', (bytes: Buffer) => gunzipSync(bytes)],
    ['out.tar.zst', (bytes: Buffer) => collect(unzstd(single(bytes)))],
  ])('called %s is compressed as a whole, and the same within', async (name, decompress) => {
    for (const format of ARCHIVE_FORMATS) {
      const plain = await exported(dockerArchive(image()), { format })
      const compressed = await exported(dockerArchive(image()), { format }, name)
      expect((await decompress(compressed.bytes)).equals(plain.bytes)).toBe(true)
    }
  })

  test('says what was done: read, written, and where each image came from', async () => {
    const layout = platforms()
    const [entry] = layout.manifests
    const docker = await exported(tar(layoutEntries(layout)))
    expect(docker.images).toMatchObject([{ reference: NAME, digest: entry?.digest, from: entry?.digest, config: null }])
    expect(docker.images[0]?.manifests).toHaveLength(3)
    expect(docker.bytesWritten).toBe(docker.bytes.length)
    const legacy = await exported(tar(layoutEntries(layout)), { format: 'docker-legacy', platforms: ['linux/arm64'] })
    expect(legacy.images).toMatchObject([{ reference: NAME, platform: 'linux/arm64/v8', mediaType: OCI_MANIFEST }])
  })

  test('shows progress of each layer as it is written', async () => {
    const seen = new Map<number, Progress>()
    await exported(dockerArchive(image()), { onProgress: (progress) => seen.set(progress.id, progress) })
    const whole = [...seen.values()].filter(({ total }) => total === 2048)
    expect(whole.length).toBeGreaterThanOrEqual(2)
    for (const progress of whole) expect(progress).toMatchObject({ done: 2048, ended: true })
  })

  test('has the ids of the time zone that is chosen', async () => {
    const archive = dockerArchive(image())
    const there = await exported(archive, { format: 'docker-legacy', timeZone: 'America/New_York' })
    const texts = [...there.entries].filter(([path]) => path.endsWith('/json')).map(([, entry]) => `${entry.content}`)
    expect(texts.filter((text) => text.includes('1969-12-31T19:00:00-05:00'))).toHaveLength(1)
    const here = await exported(archive, { format: 'docker-legacy' })
    expect(here.bytes.equals(there.bytes)).toBe(false)
    const same = await exported(archive, { format: 'docker-legacy', timeZone: 'UTC', uname: '', typeBits: true })
    expect(here.bytes.equals(same.bytes)).toBe(true)
  })
})

test('an abortion leaves nothing behind, and throws what it aborted with', async () => {
  const reason = new Error('stop')
  for (const format of ARCHIVE_FORMATS) {
    for (const open of Object.values(DOORS)) {
      const root = await temporaryDirectory()
      const controller = new AbortController()
      const onProgress = () => controller.abort(reason)
      const options = { format, signal: controller.signal, onProgress }
      const converting = convert(await open(dockerArchive(image())), join(root, 'out.tar'), options)
      await expect(converting).rejects.toBe(reason)
      expect(await readdir(root)).toEqual([])
    }
  }
})

/** The archive without the time of its writing, which docker-25 leaves in the header of one directory. */
function withoutWritingTime(archive: Buffer): Buffer {
  const copy = Buffer.from(archive)
  if (copy.toString('latin1', 512, 512 + 13) === 'blobs/sha256/') copy.fill(0, 512 + 136, 512 + 156)
  return copy
}

function platforms(): Layout {
  const layout = newLayout()
  layout.manifests.push({ ...addPlatforms(layout).root, annotations: nameAnnotations(NAME) })
  return layout
}
