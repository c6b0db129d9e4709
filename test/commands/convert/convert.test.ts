import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Progress } from '../../../src/bytes/context.js'
import { convert } from '../../../src/commands/convert.js'
import { digestOf } from '../../../src/spec/digest.js'
import { addPlatforms, hybridArchive, NAME, newLayout } from '../../fixtures/archives.js'
import { inChunks } from '../../fixtures/bytes.js'
import { filesBelow, temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { addImage, dockerArchive, image, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { blobOf, converted, DOORS, namesIn } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

describe('a docker archive', () => {
  const made = image({ files: ['one'] })
  const config = digestOf(made.config)
  const layer = digestOf(made.layers[0] ?? Buffer.alloc(0))

  test('becomes the manifest that Docker would write, byte for byte', async () => {
    const { files, index } = await converted(dockerArchive(made))
    const [entry] = index.manifests ?? []
    expect(blobOf(files, entry?.digest ?? '').toString()).toBe(
      `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"${config}","size":${made.config.length}},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"${layer}","size":2048}]}`,
    )
  })

  test('becomes an index of one entry with both names, byte for byte', async () => {
    const { files, images } = await converted(dockerArchive(made))
    const [entry] = images
    const size = blobOf(files, entry?.digest ?? '').length
    expect(files['index.json']).toBe(
      `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"${entry?.digest}","size":${size},"annotations":{"io.containerd.image.name":"docker.io/library/app:v1","org.opencontainers.image.ref.name":"v1"}}]}`,
    )
  })

  test('keeps the bytes of its config and layers', async () => {
    const { files } = await converted(dockerArchive(made))
    expect(blobOf(files, config)).toEqual(made.config)
    expect(blobOf(files, layer)).toEqual(made.layers[0])
    expect(Object.keys(files)).toHaveLength(5)
  })

  test('is reported image by image, name by name', async () => {
    const { images, warnings, bytesRead } = await converted(dockerArchive(image({ tags: ['app:v1', 'app:v2'] })))
    const row = { config: digestOf(image().config), platform: 'linux/amd64', from: null }
    expect(images).toMatchObject([
      { ...row, reference: NAME },
      { ...row, reference: 'docker.io/library/app:v2' },
    ])
    expect(warnings).toEqual([])
    expect(bytesRead).toBe(4096)
  })
})

describe('an OCI layout', () => {
  test('is copied with every byte of its index entries, manifests and configs', async () => {
    const layout = newLayout()
    const { root } = addPlatforms(layout)
    const annotations = { ...nameAnnotations(NAME), 'com.example': 'kept' }
    layout.manifests.push({ ...root, annotations })
    const { files, images, index } = await converted(tar(layoutEntries(layout)))
    expect(index.manifests).toEqual([{ ...root, annotations }])
    for (const [digest, bytes] of layout.blobs) expect(blobOf(files, digest)).toEqual(bytes)
    expect(images).toMatchObject([{ reference: NAME, digest: root.digest, from: root.digest, config: null }])
    expect(images[0]?.manifests).toHaveLength(3)
  })

  test('may be sparse: the index is kept as it is, with a warning', async () => {
    const layout = newLayout()
    const { root, arm64 } = addPlatforms(layout)
    layout.manifests.push(root)
    layout.blobs.delete(arm64.digest)
    const { index, warnings } = await converted(tar(layoutEntries(layout)))
    expect(index.manifests).toEqual([root])
    // Its config and layer are there, and nothing names them.
    expect(warnings).toMatchObject([{ code: 'UNREACHED' }, { code: 'SPARSE_INDEX', where: arm64.digest }])
  })

  test('keeps entries that only have a ref.name as they are', async () => {
    const layout = newLayout()
    const annotations = { 'org.opencontainers.image.ref.name': 'v1' }
    layout.manifests.push({ ...addImage(layout, image()), annotations })
    const { index } = await converted(tar(layoutEntries(layout)))
    expect(namesIn(index)).toEqual([[undefined, 'v1']])
  })
})

describe('a destination', () => {
  test('is made with its parents', async () => {
    const path = join(await temporaryDirectory(), 'a/b/c')
    await convert(await temporaryFile(dockerArchive(image())), `oci:${path}`)
    expect((await readdir(path)).sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
  })

  test('is refused where a directory has something else', async () => {
    const path = await temporaryDirectory()
    await writeFile(join(path, 'diary.txt'), 'mine')
    const converting = convert(await temporaryFile(dockerArchive(image())), path)
    await expect(converting).rejects.toMatchObject({ code: 'EXISTS' })
    expect(await readdir(path)).toEqual(['diary.txt'])
  })

  test('is refused where a layout of another version is, and stays as it is', async () => {
    const path = await temporaryDirectory()
    await writeFile(join(path, 'oci-layout'), '{"imageLayoutVersion":"2.0.0"}')
    const converting = convert(await temporaryFile(dockerArchive(image())), path)
    await expect(converting).rejects.toMatchObject({ code: 'UNSUPPORTED', expected: '1.0.0', found: '2.0.0' })
    expect(await readdir(path)).toEqual(['oci-layout'])
  })

  test('cannot be the source, by whatever path', async () => {
    const { path, files } = await converted(dockerArchive(image()))
    const link = join(await temporaryDirectory(), 'link')
    await symlink(path, link)
    for (const to of [path, `${path}/../layout`, link]) {
      await expect(convert(path, to)).rejects.toMatchObject({ code: 'USAGE' })
    }
    expect(await filesBelow(path)).toEqual(files)
  })

  test('may be an empty directory', async () => {
    const path = join(await temporaryDirectory(), 'empty')
    await mkdir(path)
    expect((await converted(dockerArchive(image()), {}, path)).index.manifests).toHaveLength(1)
  })
})

describe('an abortion', () => {
  test.each([
    ['an AbortError', new DOMException('enough', 'AbortError')],
    ['any error', new Error('stop')],
  ])('leaves nothing behind, and throws what it aborted with: %s', async (_, reason) => {
    for (const open of Object.values(DOORS)) {
      const root = await temporaryDirectory()
      const controller = new AbortController()
      const onProgress = () => controller.abort(reason)
      const from = await open(hybridArchive())
      const converting = convert(from, join(root, 'layout'), { signal: controller.signal, onProgress })
      await expect(converting).rejects.toBe(reason)
      expect(await readdir(root)).toEqual([])
    }
  })

  test('before the start does nothing, and throws the same', async () => {
    const root = await temporaryDirectory()
    const converting = convert('nowhere', join(root, 'layout'), { signal: AbortSignal.abort() })
    await expect(converting).rejects.toMatchObject({ name: 'AbortError' })
    const reason = new Error('stop')
    for (const open of Object.values(DOORS)) {
      const from = await open(hybridArchive())
      const aborted = convert(from, join(root, 'layout'), { signal: AbortSignal.abort(reason) })
      await expect(aborted).rejects.toBe(reason)
    }
    expect(await readdir(root)).toEqual([])
  })
})

test.each([
  { level: 99, layers: 'gzip' },
  { level: 23, layers: 'zstd' },
  { level: 0, layers: 'gzip' },
  { level: 3 },
  { level: 3, layers: 'uncompressed' },
  { jobs: 0 },
  { jobs: 1.5 },
] as const)('the options %j are a mistake of usage', async (options) => {
  await expect(converted(dockerArchive(image()), options)).rejects.toMatchObject({ code: 'USAGE' })
})

describe('progress', () => {
  test.each(Object.keys(DOORS))('of every layer goes to its end, by %s', async (door) => {
    const seen = new Map<number, Progress>()
    const onProgress = (progress: Progress) => seen.set(progress.id, progress)
    const from = (await DOORS[door]?.(dockerArchive(image()))) ?? ''
    await convert(from, join(await temporaryDirectory(), 'layout'), { onProgress, jobs: 2 })
    const layers = [...seen.values()].filter(({ name }) => name.endsWith('layer.tar'))
    expect(layers).toMatchObject([
      { done: 2048, total: 2048, ended: true },
      { done: 2048, total: 2048, ended: true },
    ])
    for (const { done, total, ended } of seen.values()) expect({ done, ended }).toEqual({ done: total, ended: true })
  })

  test.each(Object.keys(DOORS))('of the whole never falls, and ends where all is done, by %s', async (door) => {
    const seen: Progress['overall'][] = []
    const from = (await DOORS[door]?.(dockerArchive(image()))) ?? ''
    const onProgress = ({ overall }: Progress) => seen.push(overall)
    const { bytesRead } = await convert(from, join(await temporaryDirectory(), 'layout'), {
      onProgress,
      layers: 'gzip',
    })
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).sort((a, b) => a - b))
    expect(seen.at(-1)).toEqual({ done: bytesRead, total: bytesRead })
  })

  test('of the whole is known of a layout from the start, less what is there already', async () => {
    const root = await temporaryDirectory()
    const [from, to] = [join(root, 'from'), join(root, 'to')]
    await convert(await temporaryFile(dockerArchive(image({ files: ['one', 'two', 'three'] }))), from)
    await convert(await temporaryFile(dockerArchive(image({ files: ['one'] }))), to)
    const seen: Progress['overall'][] = []
    await convert(from, to, { onProgress: ({ overall }) => seen.push(overall), jobs: 1 })
    expect(seen.at(-1)?.done).toBe(seen.at(-1)?.total)
    expect(seen[0]?.total).toBeGreaterThan(2 * 2048)
    expect(seen.at(-1)?.total).toBeLessThan(3 * 2048)
  })
})

describe('a stream', () => {
  test('may be a Node stream or any iterable of bytes', async () => {
    const archive = dockerArchive(image())
    const path = join(await temporaryDirectory(), 'layout')
    await convert(new Blob([new Uint8Array(archive)]).stream() as AsyncIterable<Uint8Array>, path)
    expect(await filesBelow(path)).toEqual((await converted(archive)).files)
  })

  test('is read to its end, whatever follows the archive', async () => {
    let read = 0
    const archive = Buffer.concat([dockerArchive(image()), Buffer.alloc(100_000)])
    const counted = async function* () {
      for await (const chunk of inChunks(archive, 1000)) {
        read += chunk.length
        yield chunk
      }
    }
    await convert(counted(), join(await temporaryDirectory(), 'layout'))
    expect(read).toBe(archive.length)
  })
})

test.each([
  ['layers that there are not', { layers: 'lz4' as never }],
  ['a text for a list', { images: 'v1' as never }],
  ['an empty selector', { images: [''] }],
])('%s is wrong usage', async (_, options) => {
  const layout = join(await temporaryDirectory(), 'layout')
  await expect(convert('archive.tar', layout, options)).rejects.toMatchObject({ code: 'USAGE' })
})
