import { beforeAll, describe, expect, test } from 'vitest'
import { readManifestJSON } from '../../src/docker/read/manifestJSON.js'
import { Docker25Repair } from '../../src/image/docker25Repair.js'
import { DOCKER_MANIFEST } from '../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../src/spec/parse.js'
import { stacked } from '../fixtures/archives.js'
import { wholeItems } from '../fixtures/candidates.js'
import { image } from '../fixtures/image.js'
import { withArchive } from '../fixtures/intake.js'
import { SpoiledArchive } from '../fixtures/spoiled.js'
import { tar } from '../fixtures/tar.js'

const LAYERS = ['a', 'b'].map((name) => tar([{ name, content: name }]))
const APP = stacked(LAYERS, ['app:v1'])

let whole: SpoiledArchive
beforeAll(async () => {
  whole = await SpoiledArchive.of(APP, image({ tags: ['other:v2'] }))
})

describe('entries that are right', () => {
  test('are left as they are', async () => {
    expect(await replaced(whole)).toEqual({ item: undefined, warnings: [] })
  })

  test('are not replaced where manifest.json has the image under other names', async () => {
    const archive = whole
      .copy()
      .change<Item[]>('manifest.json', (items) => items.map((one) => ({ ...one, RepoTags: null })))
    expect(await replaced(archive)).toEqual({ item: undefined, warnings: [] })
  })
})

describe('entries that are wrong', () => {
  const wrong = () => whole.copy().changeManifest(({ layers }) => void layers.reverse())

  test('are replaced by what manifest.json has of the image, which is told', async () => {
    const { item, warnings } = await replaced(wrong())
    expect(item).toMatchObject({ names: ['docker.io/library/app:v1'], config: { bytes: APP.config } })
    expect(item?.layers).toHaveLength(2)
    expect(warnings).toEqual([{ code: 'REBUILT', where: 'app:v1', message: expect.stringContaining('index.json') }])
  })

  test('keep the names that manifest.json lacks', async () => {
    const archive = wrong().changeEntries(([first]) => [
      first,
      called(first, 'x.io/app:v2'),
      called(first, 'x.io/app:v2'),
    ])
    const { item } = await replaced(archive, (entries) => entries)
    expect(item?.names).toEqual(['docker.io/library/app:v1', 'x.io/app:v2'])
  })

  test('give no name of a tag alone', async () => {
    const archive = wrong().changeEntries(([first]) => [tagged(first, 'v1')])
    const { item } = await replaced(archive)
    expect(item?.names).toEqual(['docker.io/library/app:v1'])
  })

  test('give no name that is not legal', async () => {
    const archive = wrong().changeEntries(([first]) => [tagged(first, 'Not Legal')])
    const { item } = await replaced(archive)
    expect(item?.names).toEqual(['docker.io/library/app:v1'])
  })

  test('of an image without a name are called by its config', async () => {
    const archive = wrong()
      .change<Item[]>('manifest.json', (items) => items.map((one) => ({ ...one, RepoTags: null })))
      .changeEntries((entries) => entries.map(({ annotations: _annotations, ...entry }) => entry))
    const { item, warnings } = await replaced(archive)
    expect(item?.names).toEqual([])
    expect(warnings).toMatchObject([{ where: item?.config.digest }])
  })
})

describe('nothing is replaced', () => {
  const size = (entry: Descriptor | undefined) => entry && { ...entry, size: entry.size + 1 }

  const CASES: Record<string, (archive: SpoiledArchive) => SpoiledArchive> = {
    'without LayerSources': (archive) =>
      archive
        .change<Item[]>('manifest.json', (items) => items.map(({ LayerSources: _sources, ...item }) => item))
        .changeEntries(([first]) => [size(first)]),
    'where only another image has LayerSources': (archive) =>
      archive
        .change<Item[]>('manifest.json', ([{ LayerSources: _sources, ...item } = {}, ...others]) => [item, ...others])
        .changeEntries(([first]) => [size(first)]),
    'where the entry has another media type': (archive) =>
      archive.changeEntries(([first]) => [first && { ...first, mediaType: DOCKER_MANIFEST, size: first.size + 1 }]),
    'where the manifest of the entry is not there': (archive) =>
      archive.changeEntries(([first]) => [first && { ...first, digest: `sha256:${'0'.repeat(64)}` }]),
    'where the layers of the manifest belong to no image': (archive) =>
      archive.changeManifest(
        ({ layers }) => void Object.assign(layers[0] ?? {}, { digest: `sha256:${'0'.repeat(64)}` }),
      ),
    'where no image has the config of the manifest': (archive) =>
      archive.changeManifest(({ config }) => void Object.assign(config, { digest: `sha256:${'0'.repeat(64)}` })),
  }

  test.each(Object.entries(CASES))('%s', async (_, spoil) => {
    expect(await replaced(spoil(whole.copy()))).toEqual({ item: undefined, warnings: [] })
  })

  test('where no entry is asked about', async () => {
    expect(await replaced(whole, () => [])).toEqual({ item: undefined, warnings: [] })
  })
})

interface Item {
  RepoTags?: string[] | null
  LayerSources?: unknown
}

/** The item that takes the place of entries: of the first one, if nothing else is said. */
async function replaced(
  spoiled: SpoiledArchive,
  choose = (entries: Descriptor[]): Descriptor[] => entries.slice(0, 1),
) {
  return withArchive('file', spoiled.pack(), async (archive, { context, warnings }) => {
    const items = wholeItems(await readManifestJSON(archive, context.warn))
    const slips = new Docker25Repair(items, archive)
    return { item: await slips.replacedItem(choose(spoiled.entries())), warnings }
  })
}

function called(entry: Descriptor | undefined, name: string): Descriptor | undefined {
  return entry && { ...entry, annotations: { 'io.containerd.image.name': name } }
}

function tagged(entry: Descriptor | undefined, tag: string): Descriptor | undefined {
  return entry && { ...entry, annotations: { 'org.opencontainers.image.ref.name': tag } }
}
