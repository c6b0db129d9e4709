import { describe, expect, test } from 'vitest'
import { archiveBlobs } from '../../src/archive/archiveBlobs.js'
import type { Listing } from '../../src/archive/fileNames.js'
import { listImages } from '../../src/image/list.js'
import { namesOf } from '../../src/image/listed.js'
import { digestOf, hexOf } from '../../src/spec/digest.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { hybridArchive, lopsidedArchive, NAME, newLayout } from '../fixtures/archives.js'
import { withCandidates } from '../fixtures/candidates.js'
import {
  addImage,
  dockerArchive,
  dockerEntries,
  image,
  type Layout,
  layoutEntries,
  nameAnnotations,
} from '../fixtures/image.js'
import { withArchive } from '../fixtures/intake.js'
import { type EntrySpec, tar } from '../fixtures/tar.js'
import { v1Archive, v1ID } from '../fixtures/v1.js'

const OTHER = image({ tags: ['other:v2'], files: ['other'] })

describe('the images of an archive', () => {
  test('are the items of manifest.json, in their order', async () => {
    const { offers, warnings } = await listed(dockerArchive(OTHER, image(), image({ tags: null, files: ['b'] })))
    expect(offers.map(({ kind }) => kind)).toEqual(['item', 'item', 'item'])
    expect(offers.map(namesOf)).toEqual([['docker.io/library/other:v2'], [NAME], []])
    expect(warnings).toEqual([])
  })

  test('are those of the index, each content once with all its entries', async () => {
    const layout = newLayout()
    const root = addImage(layout, image())
    for (const tag of ['a', 'b']) layout.manifests.push({ ...root, annotations: nameAnnotations(`x.io/app:${tag}`) })
    layout.manifests.push(addImage(layout, image({ files: ['other'] })))
    const { offers, warnings } = await listed(tar(layoutEntries(layout)))
    expect(offers.map(({ kind }) => kind)).toEqual(['index', 'index'])
    expect(offers.map(namesOf)).toEqual([['x.io/app:a', 'x.io/app:b'], []])
    expect(warnings).toEqual([])
  })

  test('are two where the index says two platforms of one content', async () => {
    const layout = newLayout()
    const root = addImage(layout, image())
    for (const architecture of ['amd64', 'arm64']) {
      layout.manifests.push({ ...root, platform: { os: 'linux', architecture } })
    }
    expect((await listed(tar(layoutEntries(layout)))).offers).toHaveLength(2)
  })

  test('are each there once that both tables have', async () => {
    const { offers, warnings } = await listed(hybridArchive())
    expect(offers).toMatchObject([{ kind: 'index', unchecked: [] }])
    expect(warnings).toEqual([])
  })

  test('are more where manifest.json has more, and files that differ are noted to be checked', async () => {
    const { offers, warnings } = await listed(lopsidedArchive())
    expect(offers).toMatchObject([{ kind: 'index', unchecked: [{ names: [NAME] }] }, { kind: 'item' }])
    expect(warnings).toMatchObject([
      { code: 'MANIFEST_ONLY', where: 'docker.io/library/more:v2', message: expect.stringContaining('an image') },
    ])
  })

  test('are called by their config where manifest.json has no name of them', async () => {
    const layout = namedLayout()
    const archive = tar([...layoutEntries(layout), ...dockerEntries([image(), { ...OTHER, tags: null }])])
    const { warnings } = await listed(archive)
    expect(warnings).toMatchObject([{ code: 'MANIFEST_ONLY', where: digestOf(OTHER.config) }])
  })

  test('are made of layers that name their parents where there is no table', async () => {
    const archive = v1Archive([{ digit: 'a' }, { digit: 'b', parent: 'a' }], { app: { v1: v1ID('b') } })
    const { offers } = await listed(archive)
    expect(offers).toMatchObject([{ kind: 'v1', image: { names: [NAME], layers: { length: 2 } } }])
  })

  test('get the configs that Docker makes of their layers', async () => {
    await withCandidates(v1Archive([{ digit: 'a' }], { app: { v1: v1ID('a') } }), ([candidate]) => {
      expect(candidate).toMatchObject({ kind: 'item', item: { names: [NAME], diffIDs: { length: 1 } } })
    })
  })

  test('are not made of such layers beside a table', async () => {
    const v1 = [
      { name: `${v1ID('a')}/json`, content: JSON.stringify({ id: v1ID('a') }) },
      { name: `${v1ID('a')}/layer.tar`, content: tar([]) },
    ]
    expect((await listed(tar([...v1, ...layoutEntries(namedLayout())]))).offers).toHaveLength(1)
    expect((await listed(tar([...v1, ...dockerEntries([OTHER])]))).offers).toHaveLength(1)
  })
})

describe('an archive without images', () => {
  test.each<[string, EntrySpec[]]>([
    ['an empty manifest.json', [{ name: 'manifest.json', content: '[]' }]],
    ['an empty index', layoutEntries(newLayout())],
    ['both empty', [...layoutEntries(newLayout()), { name: 'manifest.json', content: '[]' }]],
  ])('is refused: %s', async (_, entries) => {
    await expect(listed(tar(entries))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('there is no image in the archive'),
    })
  })

  test('is refused for what it is if it has no table', async () => {
    await expect(listed(tar([{ name: 'diary.txt', content: 'mine' }]))).rejects.toMatchObject({
      code: 'FORMAT',
      found: 'diary.txt',
    })
  })
})

describe('an image that cannot be read', () => {
  test('is listed beside the others where its manifest is missing', async () => {
    const layout = namedLayout()
    const lost = addImage(layout, OTHER)
    layout.manifests.push({ ...lost, annotations: nameAnnotations('x.io/other:v2') })
    layout.blobs.delete(lost.digest)
    const { offers } = await listed(tar(layoutEntries(layout)))
    expect(offers).toMatchObject([
      { kind: 'index' },
      { kind: 'broken', names: ['x.io/other:v2'], label: lost.digest, failure: { code: 'NOT_FOUND' } },
    ])
  })

  test('is listed beside the others where its config is missing', async () => {
    const config = `${hexOf(digestOf(OTHER.config))}.json`
    const entries = dockerEntries([OTHER, image()]).filter(({ name }) => name !== config)
    const { offers } = await listed(tar(entries))
    expect(offers).toMatchObject([
      { kind: 'broken', names: ['docker.io/library/other:v2'], label: config, failure: { code: 'NOT_FOUND' } },
      { kind: 'item', item: { names: [NAME] } },
    ])
  })
})

describe('where the user said that images are listed', () => {
  const layout = tar(layoutEntries(namedLayout()))

  test.each<[string, Listing, Buffer]>([
    ['manifest.json', 'manifest.json', dockerArchive(OTHER)],
    ['index.json', 'index.json', layout],
    ['manifest.json of both', 'manifest.json', hybridArchive()],
    ['index.json of both', 'index.json', hybridArchive()],
    ['repositories, for manifest.json', 'manifest.json', v1Archive([{ digit: 'a' }], { app: { v1: v1ID('a') } })],
  ])('it has to be, and is: %s', async (_, listing, archive) => {
    expect((await listed(archive, listing)).offers).toHaveLength(1)
  })

  test.each<[Listing, Buffer, RegExp]>([
    ['manifest.json', layout, /it is an OCI layout/],
    ['index.json', dockerArchive(OTHER), /it is a docker archive/],
  ])('it has to be: %s', async (listing, archive, hint) => {
    await expect(listed(archive, listing)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining(`there is no ${listing}`),
      hint: expect.stringMatching(hint),
    })
  })
})

describe('an index that lists no image', () => {
  test.each([[[]], [null]])('gives way to manifest.json, which is told: %j', async (manifests) => {
    const index = { name: 'index.json', content: canonicalJSON({ schemaVersion: 2, manifests }) }
    const layoutFile = { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' }
    const { offers, warnings } = await listed(tar([index, layoutFile, ...dockerEntries([image(), OTHER])]))
    expect(offers.map(({ kind }) => kind)).toEqual(['item', 'item'])
    expect(warnings).toMatchObject([{ code: 'EMPTY_INDEX', where: 'index.json' }])
  })
})

describe("a layout's own files", () => {
  test.each([
    ['no file oci-layout', [], /there is no such file/],
    [
      'an oci-layout of another version',
      [{ name: 'oci-layout', content: '{"imageLayoutVersion":"2.0.0"}' }],
      /2\.0\.0/,
    ],
  ])('that are odd are told: %s', async (_, layoutFile, message) => {
    const others = layoutEntries(namedLayout()).filter(({ name }) => name !== 'oci-layout')
    const { offers, warnings } = await listed(tar([...others, ...layoutFile]))
    expect(offers).toHaveLength(1)
    expect(warnings).toMatchObject([
      { code: 'LAYOUT_FILE', where: 'oci-layout', message: expect.stringMatching(message) },
    ])
  })

  test('that say what nobody knows are told', async () => {
    const change: Record<string, string> = {
      'oci-layout': '{"imageLayoutVersion":"1.0.0","x":1} ',
      'index.json': canonicalJSON({ schemaVersion: 2, manifests: [], y: 1 }).toString(),
      'manifest.json': JSON.stringify(JSON.parse(`${dockerEntries([OTHER]).at(-1)?.content}`).map(withZ)),
    }
    const entries = [...layoutEntries(newLayout()), ...dockerEntries([OTHER])].map((entry) => ({
      ...entry,
      content: change[entry.name] ?? entry.content ?? '',
    }))
    const { warnings } = await listed(tar(entries))
    expect(warnings.map(({ code, where }) => `${code} ${where}`).sort()).toEqual([
      'EMPTY_INDEX index.json',
      'TRAILING_SPACE oci-layout',
      'UNKNOWN_FIELD index.json',
      'UNKNOWN_FIELD manifest.json',
      'UNKNOWN_FIELD oci-layout',
    ])
  })

  test('are not missed where there is no index', async () => {
    expect((await listed(dockerArchive(OTHER))).warnings).toEqual([])
  })
})

function listed(bytes: Buffer, listing?: Listing) {
  return withArchive('file', bytes, async (archive, { warnings }) => {
    const offers = await listImages({ archive, blobs: archiveBlobs(archive) }, listing)
    return { offers, warnings }
  })
}

/** A layout with one image that is called {@link NAME}. */
function namedLayout(): Layout {
  const layout = newLayout()
  layout.manifests.push({ ...addImage(layout, image()), annotations: nameAnnotations(NAME) })
  return layout
}

function withZ(item: object): object {
  return { ...item, z: 1 }
}
