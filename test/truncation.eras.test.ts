import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Bytes } from '../src/bytes/bytes.js'
import { convert } from '../src/commands/convert.js'
import type { ArchiveFormat } from '../src/spec/archiveFormat.js'
import { digestOf, hexOf } from '../src/spec/digest.js'
import { ImageError } from '../src/spec/errors.js'
import { addPlatforms, archiveOf, hybridArchive, NAME, newLayout, stacked } from './fixtures/archives.js'
import { inChunks } from './fixtures/bytes.js'
import { temporaryDirectory } from './fixtures/directory.js'
import { streamed } from './fixtures/exporting.js'
import { dockerArchive, image, layoutEntries, nameAnnotations } from './fixtures/image.js'
import { withArchive } from './fixtures/intake.js'
import { converted, DOORS } from './fixtures/layout.js'
import { type EntrySpec, entryBytes, tar } from './fixtures/tar.js'
import { v1Archive, v1Entries, v1ID } from './fixtures/v1.js'

const WAYS: Record<string, (archive: Buffer) => Promise<string | Bytes>> = {
  ...DOORS,
  'compressed pipe': (archive) => Promise.resolve(inChunks(gzipSync(archive), 65_536)),
}

/** Archives as they were written at different times, by what is special about them. */
const ERAS: Record<string, () => Buffer | Promise<Buffer>> = {
  'of Docker before 1.10': () => v1Archive(CHAIN, { app: { v1: v1ID('c') }, base: { v0: v1ID('a') } }),
  'of Docker before 1.10, without names': () => v1Archive(CHAIN),
  'of Docker 1.10 to 24': () => exported('docker-legacy'),
  'of podman, layers first': podmanArchive,
  'of go-containerregistry, the config first': configFirst,
  'of Docker 25 to 28': () => exported('docker-25'),
  'of containerd': hybridArchive,
  'of a layout alone': () => exported('oci'),
  'whose tables come first': tablesFirst,
}

const CHAIN = [{ digit: 'a' }, { digit: 'b', parent: 'a' }, { digit: 'c', parent: 'b' }]

describe.each(Object.keys(ERAS))('an archive %s', (era) => {
  test.each(['file', 'pipe', 'compressed pipe'])(
    'is refused, or is what it was, where it is cut between entries, by %s',
    async (way) => {
      const archive = (await ERAS[era]?.()) ?? Buffer.alloc(0)
      const whole = await filesOf(way, archive)
      expect(whole).toMatchObject({ 'index.json': expect.any(String) })
      for (const length of await boundaries(archive)) {
        const cut = await filesOf(way, archive.subarray(0, length))
        if (cut !== undefined) expect({ length, cut }).toEqual({ length, cut: whole })
      }
    },
    60_000,
  )
})

test('the message says that the archive ends early, and which table is missing', async () => {
  const archive = v1Archive(CHAIN, { app: { v1: v1ID('c') } })
  await expect(converted(archive.subarray(0, -1024))).rejects.toMatchObject({
    code: 'FORMAT',
    message: expect.stringContaining('the archive ends early: it has no end marker, and manifest.json is missing'),
    hint: 'it was cut off: save or copy it again',
  })
})

test.each([
  ['a config', `${v1ID('f')}.json`, 'manifest.json'],
  ['a layer', `${v1ID('f')}.tar`, 'manifest.json'],
  ['a blob', `blobs/sha256/${v1ID('f')}`, 'index.json'],
  ['oci-layout', 'oci-layout', 'index.json'],
])('%s of later times tells that a table is missing, with an end marker or unpacked', async (_, name, table) => {
  const archive = tar([...v1Entries(CHAIN, { app: { v1: v1ID('c') } }), { name, content: '{}' }])
  for (const door of ['file', 'directory']) {
    await expect(converting(door, archive)).rejects.toMatchObject({
      code: 'FORMAT',
      message: expect.stringContaining(`${table} is missing: found ${name.slice(0, 6)}`),
    })
  }
})

/** Ends before each entry, and one block before and behind. */
async function boundaries(archive: Buffer): Promise<number[]> {
  const starts = await withArchive('file', archive, async (opened) => {
    const entries = [...opened.paths()].map((path) => opened.entry(path))
    return entries.map((entry) => (entry !== undefined && 'offset' in entry ? Number(entry.offset) - 512 : 0))
  })
  const around = [...starts, archive.length - 1024].flatMap((at) => [at - 512, at, at + 512])
  return [...new Set(around)].filter((at) => at > 0 && at < archive.length).sort((a, b) => a - b)
}

async function filesOf(way: string, archive: Buffer): Promise<Record<string, string> | undefined> {
  const path = `${await temporaryDirectory()}/layout`
  try {
    await converting(way, archive, path)
  } catch (error) {
    expect(error).toBeInstanceOf(ImageError)
    expect(error).toMatchObject({ code: expect.not.stringMatching('INTERNAL') })
    return undefined
  }
  return (await converted(dockerArchive(image({ tags: ['last:1'] })), {}, path)).files
}

async function converting(way: string, archive: Buffer, to?: string) {
  return convert((await WAYS[way]?.(archive)) ?? '', to ?? `${await temporaryDirectory()}/layout`)
}

/** An archive of two images that share a layer. */
async function exported(format: ArchiveFormat): Promise<Buffer> {
  return (await streamed(dockerArchive(TOP, BASE), { format })).bytes
}

/** Layers and configs come first, and then the files of version 1, whose layers are links. */
function podmanArchive(): Buffer {
  const layers = TOP.layers.map((content) => ({ name: `${hexOf(digestOf(content))}.tar`, content }))
  const old = v1Entries([{ digit: 'a' }, { digit: 'b', parent: 'a' }], { app: { v1: v1ID('b') } })
  const linked = old.map((entry) => (entry.name.endsWith('layer.tar') ? linkTo(layers[0]?.name ?? '', entry) : entry))
  const table = archiveOf(
    TOP,
    layers.map(({ name }) => name),
    [],
  )
  return Buffer.concat([...[...layers, ...linked].map(entryBytes), table])
}

function linkTo(name: string, entry: EntrySpec): EntrySpec {
  return { name: entry.name, type: '2', linkTarget: `../${name}` }
}

/** The config comes first, and then the files of version 1, whose layers are those of manifest.json. */
function configFirst(): Buffer {
  const name = `${hexOf(digestOf(TOP.config))}.json`
  const ids = ['a', 'b'].map((digit) => `${v1ID(digit)}/layer.tar`)
  const old = v1Entries([{ digit: 'a' }, { digit: 'b', parent: 'a' }])
  const layers = new Map(ids.map((path, at) => [path, TOP.layers[at] ?? '']))
  const table = JSON.stringify([{ Config: name, RepoTags: TOP.tags, Layers: ids }])
  return tar([
    { name, content: TOP.config },
    ...old.map((entry) => ({ ...entry, content: layers.get(entry.name) ?? entry.content ?? '' })),
    { name: 'manifest.json', content: table },
    { name: 'repositories', content: JSON.stringify({ app: { v1: v1ID('b') } }) },
  ])
}

/** A layout of two platforms in the order in which a directory may list it. */
function tablesFirst(): Buffer {
  const layout = newLayout()
  layout.manifests.push({ ...addPlatforms(layout).root, annotations: nameAnnotations(NAME) })
  return tar(layoutEntries(layout).reverse())
}

const LAYERS = ['one', 'two'].map((name) => tar([{ name, content: name }]))
const TOP = stacked(LAYERS)
const BASE = stacked(LAYERS.slice(0, 1), ['base:v0'])
