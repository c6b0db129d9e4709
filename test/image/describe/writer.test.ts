import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Format, formatOf, likelyWriter } from '../../../src/image/describe/writer.js'
import { digestOf, hexOf } from '../../../src/spec/digest.js'
import { hybridArchive, NAME, newLayout } from '../../fixtures/archives.js'
import { addImage, addIndex, dockerArchive, image, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { withArchive } from '../../fixtures/intake.js'
import { DOORS } from '../../fixtures/layout.js'
import { type EntrySpec, tar } from '../../fixtures/tar.js'
import { v1Archive, v1ID } from '../../fixtures/v1.js'
import { hybridEntries } from '../../variants/layouts.js'

const MADE = image({ files: ['one'] })
const CONFIG = hexOf(digestOf(MADE.config))
const LAYER = MADE.layers[0] ?? Buffer.alloc(0)
const CREATED = 'org.opencontainers.image.created'
const REF_NAME = 'org.opencontainers.image.ref.name'

/** A docker archive whose table says this. */
function saying(item: Record<string, unknown>, entries: readonly EntrySpec[]): Buffer {
  return tar([...entries, { name: 'manifest.json', content: JSON.stringify([item]) }])
}

/** One with a layer in a directory of its own, as Docker 1.10 has them. */
function withV1Files(entries: readonly EntrySpec[]): Buffer {
  const id = v1ID('a')
  const files: EntrySpec[] = [
    { name: `${id}/VERSION`, content: '1.0' },
    { name: `${id}/json`, content: `{"id":"${id}"}` },
    { name: `${id}/layer.tar`, content: LAYER },
    { name: `${CONFIG}.json`, content: MADE.config },
  ]
  const item = { Config: `${CONFIG}.json`, RepoTags: ['app:v1'], Layers: [`${id}/layer.tar`] }
  return saying(item, [...entries, ...files])
}

/** A layout of one image that has these annotations. */
function annotated(annotations: Record<string, string>) {
  const layout = newLayout()
  layout.manifests.push({ ...addImage(layout, MADE), annotations })
  return layout
}

const DIRECTORY: EntrySpec = { name: `${v1ID('a')}/`, type: '5' }
const REPOSITORIES: EntrySpec = { name: 'repositories', content: `{"app":{"v1":"${v1ID('a')}"}}` }

/** Archives as the tools write them, and what is to be said of these. */
const WRITTEN: Readonly<Record<string, [writer: RegExp, build: () => Buffer]>> = {
  'Docker before 1.10': [/Docker before 1\.10$/, () => v1Archive([{ digit: 'a' }])],
  'Docker 1.10 to 24': [/^docker save of Docker 1\.10 to 24$/, () => withV1Files([DIRECTORY, REPOSITORIES])],
  'Docker 1.10 to 24, of an untagged image': [/^docker save of Docker 1\.10 to 24, or/, () => withV1Files([DIRECTORY])],
  'BuildKit, type=docker': [
    /^BuildKit.*type=docker/,
    () => tar(hybridEntries(annotated({ ...nameAnnotations(NAME), [CREATED]: '2024-01-01T00:00:00Z' }))),
  ],
  'BuildKit, type=oci': [
    /^BuildKit.*type=oci/,
    () => tar(layoutEntries(annotated({ ...nameAnnotations(NAME), [CREATED]: '2024-01-01T00:00:00Z' }))),
  ],
  'the containerd store': [/^containerd/, hybridArchive],
  Jib: [
    /^Jib$/,
    () =>
      saying({ config: 'config.json', repoTags: ['app:v1'], layers: [`${CONFIG}.tar.gz`] }, [
        { name: `${CONFIG}.tar.gz`, content: gzipSync(LAYER) },
        { name: 'config.json', content: MADE.config },
      ]),
  ],
  pack: [
    /pack/,
    () =>
      saying({ Config: `${CONFIG}.json`, Layers: [`/${digestOf(LAYER)}.tar`], RepoTags: ['app:v1'] }, [
        { name: `${CONFIG}.json`, content: MADE.config },
        { name: `/${digestOf(LAYER)}.tar`, content: LAYER },
      ]),
  ],
  'podman and skopeo': [
    /^podman/,
    () =>
      saying({ Config: `${CONFIG}.json`, RepoTags: ['app:v1'], Layers: [`${hexOf(digestOf(LAYER))}.tar`] }, [
        { name: `${hexOf(digestOf(LAYER))}.tar`, content: LAYER },
        { name: `${CONFIG}.json`, content: MADE.config },
        { name: `${v1ID('a')}/layer.tar`, type: '2', linkTarget: `../${hexOf(digestOf(LAYER))}.tar` },
        { name: `${v1ID('a')}/VERSION`, content: '1.0' },
        { name: `${v1ID('a')}/json`, content: '{}' },
      ]),
  ],
  crane: [
    /crane pull/,
    () =>
      saying({ Config: `sha256:${CONFIG}`, RepoTags: ['app:v1'], Layers: [`${CONFIG}.tar.gz`] }, [
        { name: `sha256:${CONFIG}`, content: MADE.config },
        { name: `${CONFIG}.tar.gz`, content: gzipSync(LAYER) },
      ]),
  ],
  'crane, format legacy': [/crane pull --format legacy/, () => withV1Files([REPOSITORIES])],
  regctl: [/regctl/, () => tar(layoutEntries(annotated(nameAnnotations(NAME))))],
  umoci: [/umoci/, () => tar(layoutEntries(annotated({ [REF_NAME]: 'v1' })))],
}

describe('who wrote an archive is told by what only they write', () => {
  const written = Object.entries(WRITTEN).map(([tool, [writer, build]]) => [tool, writer, build] as const)

  test.each(written)('%s', async (_, writer, build) => {
    for (const door of ['file', 'pipe']) expect(await writerOf(build(), door)).toMatch(writer)
  })

  test.each([
    ['docker-20.10.tar', 'docker save of Docker 1.10 to 24'],
    ['docker-28.tar', 'docker save of Docker 25 to 28, or later with the classic store'],
    [
      'docker-28-containerd.tar',
      'containerd: docker save with the containerd store (the default since Docker 29), ctr or nerdctl',
    ],
    ['podman-5.8.tar', 'podman save, buildah or skopeo (docker-archive:)'],
  ])('by every door: samples/%s', async (name, writer) => {
    const archive = await readFile(new URL(`../../../samples/${name}`, import.meta.url))
    for (const door of ['file', 'pipe']) expect(await writerOf(archive, door)).toBe(writer)
    expect(await writerOf(archive, 'directory')).toContain(writer)
  })

  test('a directory does not tell whether the archive had entries for directories', async () => {
    const [docker, crane] = [withV1Files([DIRECTORY, REPOSITORIES]), withV1Files([REPOSITORIES])]
    const writer = await writerOf(crane, 'directory')
    expect(await writerOf(docker, 'directory')).toBe(writer)
    expect(writer).toMatch(/Docker 1\.10 to 24.*or/)
  })

  test('in a folder, too', async () => {
    const entries = hybridEntries(annotated(nameAnnotations(NAME)))
    const below = tar(entries.map((entry) => ({ ...entry, name: `images/${entry.name}` })))
    expect(await writerOf(below)).toMatch(/^containerd/)
  })
})

describe('nobody is said to have written', () => {
  test.each<[string, () => Buffer]>([
    ['a table with a config and layers that anybody may have named', () => dockerArchive(MADE)],
    ['a layout without names', () => tar(layoutEntries(annotated({})))],
    ['a table whose tag speaks of other keys', () => dockerArchive(image({ tags: ['config/layers:v1'] }))],
  ])('%s', async (_, build) => {
    expect(await writerOf(build())).toBeUndefined()
  })

  test('what rules_oci writes, unless it is rules_oci', async () => {
    const [config, layer] = [`blobs/sha256/${CONFIG}`, `blobs/sha256/${hexOf(digestOf(gzipSync(LAYER)))}.tar.gz`]
    const archive = saying({ Config: config, RepoTags: ['app:v1'], Layers: [layer] }, [
      { name: config, content: MADE.config },
      { name: layer, content: gzipSync(LAYER) },
    ])
    expect((await writerOf(archive)) ?? 'rules_oci').toContain('rules_oci')
    expect(await writerOf(WRITTEN.crane?.[1]() ?? archive)).not.toContain('rules_oci')
  })
})

test.each<[string, Format, () => Buffer]>([
  [
    'only repositories',
    'docker-archive without manifest.json',
    () => v1Archive([{ digit: 'a' }], { a: { b: v1ID('a') } }),
  ],
  ['nothing but layers', 'docker-archive without manifest.json', () => v1Archive([{ digit: 'a' }])],
  ['manifest.json', 'docker-archive', () => dockerArchive(MADE)],
  ['repositories beside manifest.json', 'docker-archive', () => withV1Files([REPOSITORIES])],
  ['index.json', 'oci', () => tar(layoutEntries(annotated({})))],
  ['both', 'docker-archive and oci', hybridArchive],
])('an archive with %s is of the format %s', async (_, format, build) => {
  for (const door of Object.keys(DOORS)) expect(await withArchive(door, build(), formatOf)).toBe(format)
})

test('an index that lists nothing is of no writer', async () => {
  const layout = newLayout()
  layout.manifests.push(addIndex(layout, []))
  expect(await writerOf(tar(layoutEntries(layout)))).toBeUndefined()
})

function writerOf(archive: Buffer, door = 'file'): Promise<string | undefined> {
  return withArchive(door, archive, likelyWriter)
}
