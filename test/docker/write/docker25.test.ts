import { describe, expect, test } from 'vitest'
import { type ClassicImage, classicImages } from '../../../src/docker/write/classic.js'
import { classicManifest, docker25Entries, indexEntriesOf } from '../../../src/docker/write/docker25.js'
import { digestOf, hexOf } from '../../../src/spec/digest.js'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'
import type { TarSource } from '../../../src/tar/write.js'
import { NAME, stacked } from '../../fixtures/archives.js'
import { collect } from '../../fixtures/bytes.js'
import { exportImage, layersOf } from '../../fixtures/exporting.js'
import { type Image, image } from '../../fixtures/image.js'
import { tar } from '../../fixtures/tar.js'

const MTIME = 1_700_000_000
const CREATED = new Date(MTIME * 1000).toISOString()
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const LAYER = 'application/vnd.oci.image.layer.v1.tar'

const made = image({ config: { created: CREATED } })
const [one = '', two = ''] = made.layers.map((layer) => digestOf(layer))
const config = digestOf(made.config)
const manifest = `{"schemaVersion":2,"mediaType":"${MANIFEST}","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"${config}","size":${made.config.length}},"layers":[{"mediaType":"${LAYER}","digest":"${one}","size":2048},{"mediaType":"${LAYER}","digest":"${two}","size":2048}]}`
const manifestDigest = digestOf(Buffer.from(manifest))

describe('an image', () => {
  const entries = entriesOf([made, [NAME, 'docker.io/team/app:v2']])
  const v1 = classicOf([made, []]).flatMap(({ layers }) => layers.map((layer) => digestOf(layer.v1.json)))

  test('is its blobs in the order of their names, then the tables', () => {
    const blobs = [config, one, two, manifestDigest, ...v1].map((digest) => `blobs/sha256/${hexOf(digest)}`).sort()
    const tables = ['index.json', 'manifest.json', 'oci-layout', 'repositories']
    expect(entries.map(({ path }) => path)).toEqual(['blobs/', 'blobs/sha256/', ...blobs, ...tables])
  })

  test('has the tables that Docker writes, byte for byte', async () => {
    const entry = (name: string, tag: string) =>
      `{"mediaType":"${MANIFEST}","digest":"${manifestDigest}","size":${manifest.length},"annotations":{"io.containerd.image.name":"${name}","org.opencontainers.image.ref.name":"${tag}"}}`
    const sources = [one, two].sort().map((id) => `"${id}":{"mediaType":"${LAYER}","size":2048,"digest":"${id}"}`)
    const paths = [one, two].map((id) => `"blobs/sha256/${hexOf(id)}"`)
    expect(await contentOf(entries, 'index.json')).toBe(
      `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[${entry(NAME, 'v1')},${entry('docker.io/team/app:v2', 'v2')}]}`,
    )
    expect(await contentOf(entries, 'manifest.json')).toBe(
      `[{"Config":"blobs/sha256/${hexOf(config)}","RepoTags":["app:v1","team/app:v2"],"Layers":[${paths}],"LayerSources":{${sources}}}]\n`,
    )
    expect(await contentOf(entries, 'oci-layout')).toBe('{"imageLayoutVersion": "1.0.0"}')
    expect(await contentOf(entries, 'repositories')).toBe(
      `{"app":{"v1":"${hexOf(two)}"},"team/app":{"v2":"${hexOf(two)}"}}\n`,
    )
  })

  test('has blobs that are what their names say', async () => {
    expect.hasAssertions()
    for (const { path, content, size } of entries) {
      if (content === undefined || !path.startsWith('blobs/')) continue
      const bytes = await collect(content(0))
      expect([path, size]).toEqual([`blobs/sha256/${hexOf(digestOf(bytes))}`, bytes.length])
    }
  })

  test('is of the time of its making; what Docker makes of it, and the second directory, of none', () => {
    expect.hasAssertions()
    const none = new Set(['blobs/sha256/', `blobs/sha256/${hexOf(manifestDigest)}`])
    for (const { path, mtime } of entries) {
      expect([path, mtime]).toEqual([path, none.has(path) || !path.startsWith('blobs/') ? 0 : MTIME])
    }
  })

  test('has modes without the type of the file, and no owner', () => {
    expect.hasAssertions()
    for (const { type, mode, owner } of entries) {
      expect([mode, owner]).toEqual([type === 'directory' ? 0o755 : 0o644, undefined])
    }
  })

  test('without a name is an entry without annotations, null in manifest.json, and no repositories', async () => {
    const untagged = entriesOf([made, []])
    expect(untagged.map(({ path }) => path)).not.toContain('repositories')
    expect(await contentOf(untagged, 'index.json')).toContain(`"size":${manifest.length}}]}`)
    expect(await contentOf(untagged, 'manifest.json')).toContain('"RepoTags":null')
  })
})

test('layers that come again are one blob, and the first directory is of the time of the last image', () => {
  const layers = ['a', 'b'].map((name) => tar([{ name }]))
  const [a = Buffer.alloc(0), b = Buffer.alloc(0)] = layers
  const entries = entriesOf([stacked([a, b, a]), []], [image({ files: ['c'], config: { created: CREATED } }), []])
  const paths = entries.map(({ path }) => path)
  expect(new Set(paths).size).toBe(paths.length)
  expect(paths.filter((path) => path.endsWith(hexOf(digestOf(a))))).toHaveLength(1)
  expect(entries[0]).toMatchObject({ path: 'blobs/', mtime: MTIME })
})

test('where a foreign layer may be had replaces what it is here', async () => {
  const exporting = exportImage(made)
  const [layer] = exporting.manifest.layers
  const mediaType = 'application/vnd.oci.image.layer.nondistributable.v1.tar'
  if (layer === undefined) return expect.unreachable()
  const layers = [{ ...layer, mediaType, urls: ['https://example.com'] }, ...exporting.manifest.layers.slice(1)]
  const classic = classicImages([{ ...exporting, manifest: { ...exporting.manifest, layers } }], OPTIONS)
  const [item] = JSON.parse((await contentOf(docker25Entries(classic, layersOf(made)), 'manifest.json')) ?? '')
  expect(item.LayerSources).toEqual({
    [one]: { mediaType, size: 2048, digest: one, urls: ['https://example.com'] },
    [two]: { mediaType: LAYER, size: 2048, digest: two },
  })
})

test('the manifest is that of uncompressed layers, whatever the image had, byte for byte', () => {
  const [classic] = classicOf([made, []])
  if (classic === undefined) return expect.unreachable()
  expect(canonicalJSON(classicManifest(classic, layersOf(made))).toString()).toBe(manifest)
})

test('an image has an entry a name, and one if it has none', () => {
  const images = classicOf([made, [NAME, 'docker.io/library/b:2']], [image({ files: ['other'] }), []])
  const layers = layersOf(made, image({ files: ['other'] }))
  const entries = images.flatMap((one) => indexEntriesOf(one, layers))
  const names = entries.map(({ annotations }) => annotations?.['io.containerd.image.name'])
  expect(names).toEqual([NAME, 'docker.io/library/b:2', undefined])
})

const OPTIONS = { era: 'docker-25', epoch: '1970-01-01T00:00:00Z' } as const

function classicOf(...images: [Image, string[]][]): ClassicImage[] {
  return classicImages(
    images.map(([own, names]) => exportImage(own, names)),
    OPTIONS,
  )
}

function entriesOf(...images: [Image, string[]][]): TarSource[] {
  return docker25Entries(classicOf(...images), layersOf(...images.map(([own]) => own)))
}

async function contentOf(entries: readonly TarSource[], path: string): Promise<string | undefined> {
  const content = entries.find((entry) => entry.path === path)?.content
  return content && (await collect(content(0))).toString()
}
