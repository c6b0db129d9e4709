import { describe, expect, test } from 'vitest'
import { classicImages } from '../../../src/docker/write/classic.js'
import { type LegacyHeaders, legacyEntries } from '../../../src/docker/write/legacy.js'
import { digestOf, hexOf } from '../../../src/spec/digest.js'
import type { TarSource } from '../../../src/tar/write.js'
import { NAME, stacked } from '../../fixtures/archives.js'
import { collect } from '../../fixtures/bytes.js'
import { exportImage, layersOf } from '../../fixtures/exporting.js'
import { type Image, image } from '../../fixtures/image.js'
import { tar } from '../../fixtures/tar.js'

const PLAIN: LegacyHeaders = { uname: '', typeBits: false }
const MTIME = 1_700_000_000
const CREATED = new Date(MTIME * 1000).toISOString()

describe('an image', () => {
  const made = image({ config: { created: CREATED } })
  const id = hexOf(digestOf(made.config))
  const [classic] = classicImages([exportImage(made, [NAME])], { era: 'docker-legacy', epoch: CREATED })
  const v1 = classic?.layers.map((layer) => layer.v1.id) ?? []
  const entries = entriesOf([[made, [NAME]]])

  test('is a directory a layer and a config, in the order of their names, and the tables after them', () => {
    const files = v1.flatMap((one) => [`${one}/`, `${one}/VERSION`, `${one}/json`, `${one}/layer.tar`])
    const expected = [...files, `${id}.json`].sort((a, b) => (a < b ? -1 : 1))
    expect(entries.map(({ path }) => path)).toEqual([...expected, 'manifest.json', 'repositories'])
  })

  test('has the content that Docker writes, byte for byte', async () => {
    expect(await contentOf(entries, `${v1[0]}/VERSION`)).toBe('1.0')
    expect(await contentOf(entries, `${v1[1]}/json`)).toBe(classic?.layers[1]?.v1.json.toString())
    expect(await contentOf(entries, `${v1[1]}/layer.tar`)).toBe(made.layers[1]?.toString())
    expect(await contentOf(entries, `${id}.json`)).toBe(made.config.toString())
    expect(await contentOf(entries, 'manifest.json')).toBe(
      `[{"Config":"${id}.json","RepoTags":["app:v1"],"Layers":["${v1[0]}/layer.tar","${v1[1]}/layer.tar"]}]\n`,
    )
    expect(await contentOf(entries, 'repositories')).toBe(`{"app":{"v1":"${v1[1]}"}}\n`)
  })

  test('is of the time of its making, and the tables of none', () => {
    expect.hasAssertions()
    for (const { path, mtime } of entries) expect([path, mtime]).toEqual([path, /^[mr]/.test(path) ? 0 : MTIME])
  })

  test('says how long its files are', async () => {
    expect.hasAssertions()
    for (const { path, size, content } of entries) {
      if (content !== undefined) expect([path, size]).toEqual([path, (await collect(content(0))).length])
    }
  })

  test('without a name has null for names, and no repositories', async () => {
    const untagged = entriesOf([[made, []]])
    expect(untagged.map(({ path }) => path)).not.toContain('repositories')
    expect(await contentOf(untagged, 'manifest.json')).toContain('"RepoTags":null')
  })
})

describe('a layer that comes again', () => {
  const [one, two] = [tar([{ name: 'a', content: 'one' }]), tar([{ name: 'b', content: 'two' }])]

  test('in one image is a symlink to the first', () => {
    const links = entriesOf([[stacked([one, two, one]), []]]).filter(({ type }) => type === 'symlink')
    const [classic] = classicImages([exportImage(stacked([one, two, one]))], { era: 'docker-legacy', epoch: CREATED })
    const [first, , again] = classic?.layers.map(({ v1 }) => v1.id) ?? []
    expect(links).toEqual([
      {
        path: `${again}/layer.tar`,
        type: 'symlink',
        mode: 0o777,
        mtime: 0,
        size: 0,
        linkTarget: `../${first}/layer.tar`,
        owner: '',
      },
    ])
  })

  test('at the same place of another image is the same directory', () => {
    const entries = entriesOf([
      [stacked([one, two]), []],
      [{ ...stacked([one]), config: stacked([one]).config }, []],
      [stacked([one, one]), []],
    ])
    const paths = entries.map(({ path }) => path)
    expect(new Set(paths).size).toBe(paths.length)
  })

  test('at another place of another image is a symlink too', () => {
    const entries = entriesOf([
      [stacked([one, two]), []],
      [stacked([two]), []],
    ])
    expect(entries.filter(({ type }) => type === 'symlink')).toHaveLength(1)
    expect(entries.filter(({ path, type }) => type === 'file' && path.endsWith('/layer.tar'))).toHaveLength(2)
  })
})

describe('headers', () => {
  const layer = tar([{ name: 'a' }])
  const images: [Image, string[]][] = [[stacked([layer, layer]), [NAME]]]

  test('have permissions alone, or the type of the file too', () => {
    const modes = (typeBits: boolean) =>
      Object.fromEntries(entriesOf(images, { uname: '', typeBits }).map(({ type, mode }) => [type, mode.toString(8)]))
    expect(modes(false)).toEqual({ directory: '755', file: '644', symlink: '777' })
    expect(modes(true)).toEqual({ directory: '40755', file: '100644', symlink: '120777' })
  })

  test('name the owner of everything', () => {
    const owners = entriesOf(images, { uname: 'root', typeBits: true }).map(({ owner }) => owner)
    expect(new Set(owners)).toEqual(new Set(['root']))
  })
})

test('where a foreign layer may be had is told', async () => {
  const made = image({ files: ['one'] })
  const exporting = exportImage(made)
  const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar'
  const layers = exporting.manifest.layers.map((layer) => ({ ...layer, mediaType, urls: ['https://example.com'] }))
  const foreign = { ...exporting, manifest: { ...exporting.manifest, layers } }
  const images = classicImages([foreign], { era: 'docker-legacy', epoch: CREATED })
  const entries = legacyEntries(images, layersOf(made), PLAIN)
  const [diffID] = exporting.diffIDs
  expect(await contentOf(entries, 'manifest.json')).toContain(
    `/layer.tar"],"LayerSources":{"${diffID}":{"mediaType":"${mediaType}","size":2048,"digest":"${diffID}","urls":["https://example.com"]}}}]\n`,
  )
})

function entriesOf(images: [Image, string[]][], headers: LegacyHeaders = PLAIN): TarSource[] {
  const exporting = images.map(([one, names]) => exportImage(one, names))
  const classic = classicImages(exporting, { era: 'docker-legacy', epoch: CREATED })
  return legacyEntries(classic, layersOf(...images.map(([one]) => one)), headers)
}

async function contentOf(entries: readonly TarSource[], path: string): Promise<string | undefined> {
  const content = entries.find((entry) => entry.path === path)?.content
  return content && (await collect(content(0))).toString()
}
