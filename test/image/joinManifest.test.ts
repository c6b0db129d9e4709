import { describe, expect, test } from 'vitest'
import type { Item } from '../../src/docker/read/item.js'
import { ManifestJoiner, onlyInManifest } from '../../src/image/joinManifest.js'
import type { IndexedImage } from '../../src/image/listed.js'
import { Budget } from '../../src/spec/budget.js'
import { digestOf } from '../../src/spec/digest.js'
import { type Descriptor, parseImageConfig } from '../../src/spec/parse.js'
import type { Warning } from '../../src/spec/warnings.js'
import { walkGraph } from '../../src/store/graph.js'
import { blobPath } from '../../src/store/layout/layoutNames.js'
import { NAME, newLayout } from '../fixtures/archives.js'
import { addImage, addIndex, image, type Layout, nameAnnotations } from '../fixtures/image.js'
import { MemoryLayout } from '../fixtures/memory.js'

const IMAGE = image()
const V2 = 'docker.io/library/app:v2'

describe('names of manifest.json', () => {
  test('that the index has too are added to no entry', async () => {
    const { owner, warnings } = await adopted([NAME], [nameAnnotations(NAME)])
    expect(owner.entries.map(({ annotations }) => annotations)).toEqual([nameAnnotations(NAME)])
    expect(warnings).toEqual([])
  })

  test('that the index lacks are added, which is told', async () => {
    const { owner, warnings } = await adopted([NAME, V2], [nameAnnotations(NAME)])
    expect(owner.entries.map(({ annotations }) => annotations)).toEqual([nameAnnotations(NAME), nameAnnotations(V2)])
    expect(new Set(owner.entries.map(({ digest }) => digest)).size).toBe(1)
    expect(warnings).toEqual([onlyInManifest(V2, 'a name')])
  })

  test('take the place of an entry without a name, and its other annotations stay', async () => {
    const { owner, warnings } = await adopted([NAME], [{ other: 'x' }])
    expect(owner.entries.map(({ annotations }) => annotations)).toEqual([{ ...nameAnnotations(NAME), other: 'x' }])
    expect(warnings).toEqual([])
  })

  test('take the place of an entry with their tag alone, and of no other', async () => {
    const tagged = (tag: string) => ({ 'org.opencontainers.image.ref.name': tag })
    const { owner, warnings } = await adopted([NAME], [tagged('v2'), tagged('v1')])
    expect(owner.entries.map(({ annotations }) => annotations)).toEqual([tagged('v2'), nameAnnotations(NAME)])
    expect(warnings).toEqual([])
  })

  test('come without what else the first entry says of its own name', async () => {
    const { owner } = await adopted([V2], [{ ...nameAnnotations(NAME), other: 'x' }])
    expect(owner.entries[1]?.annotations).toEqual({ ...nameAnnotations(V2), other: 'x' })
  })

  test('may be none while the index has some', async () => {
    const { owner, warnings } = await adopted([], [nameAnnotations(NAME)])
    expect(owner.entries).toHaveLength(1)
    expect(warnings).toEqual([])
  })

  test('go to entries without a name one by one', async () => {
    const { owner, warnings } = await adopted([NAME, V2, 'docker.io/library/app:v3'], [{}, {}])
    expect(owner.entries.map(({ annotations }) => annotations?.['io.containerd.image.name'])).toEqual([
      NAME,
      V2,
      'docker.io/library/app:v3',
    ])
    expect(warnings).toHaveLength(1)
  })
})

describe('files of manifest.json', () => {
  test('that are the blobs of the manifest need not be checked', async () => {
    expect((await adopted([NAME])).owner.unchecked).toEqual([])
  })

  test('that are of a platform within an index need not be checked either', async () => {
    const { owner } = await adopted([NAME], [{}], { isNested: true })
    expect(owner.unchecked).toEqual([])
  })

  test.each<[string, (layers: string[]) => string[]]>([
    ['have other names', (layers) => layers.map((_, at) => `${at}/layer.tar`)],
    ['come in another order', (layers) => [...layers].reverse()],
    ['are in part the same', ([first = '']) => [first, 'layer.tar']],
  ])('are noted to be checked if they %s', async (_, change) => {
    const { owner, item } = await adopted([NAME], [{}], { change })
    expect(owner.unchecked).toEqual([item])
  })

  test.each<[string, (layers: string[]) => string[]]>([
    ['more', (layers) => [...layers, 'layer.tar']],
    ['fewer', (layers) => layers.slice(1)],
  ])('are refused if they are %s than the config has diffIDs, and the image is named', async (_, change) => {
    await expect(adopted([NAME], [{}], { change })).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining(`image ${NAME}`),
    })
    const untagged = adopted([], [{}], { change })
    await expect(untagged).rejects.toThrow(`image ${digestOf(IMAGE.config)}`)
  })
})

test('more in manifest.json is told by what it is', () => {
  expect(onlyInManifest('app:v1', 'an image')).toEqual({
    code: 'MANIFEST_ONLY',
    where: 'app:v1',
    message: 'manifest.json has an image that index.json lacks; it is added',
  })
})

interface Changes {
  /** Whether the image lies within an index. */
  isNested?: boolean
  change?: (layers: string[]) => string[]
}

/** What becomes of an image with an entry for each of the annotations when an item with these names is adopted. */
async function adopted(
  names: string[],
  annotations: Descriptor['annotations'][] = [nameAnnotations(NAME)],
  { isNested = false, change = (layers) => layers }: Changes = {},
) {
  const layout = newLayout()
  const manifest = addImage(layout, IMAGE, 'none')
  const root = isNested ? addIndex(layout, [manifest]) : manifest
  const entries = annotations.map((own) => ({ ...root, ...(own && { annotations: own }) }))
  const owner: IndexedImage = {
    kind: 'index',
    entries,
    nodes: await walkGraph(sourceOf(layout), [root]),
    unchecked: [],
  }
  const diffIDs = IMAGE.layers.map((layer) => digestOf(layer))
  const item: Item = {
    names,
    config: { digest: digestOf(IMAGE.config), bytes: IMAGE.config, parsed: parseImageConfig(IMAGE.config, 'config') },
    layers: change(diffIDs.map(blobPath)),
    diffIDs,
    hasSources: false,
  }
  const warnings: Warning[] = []
  const adopter = new ManifestJoiner([owner], { warn: (warning) => void warnings.push(warning), budget: new Budget() })
  await adopter.adopt(item)
  return { owner, item, warnings }
}

function sourceOf(layout: Layout): MemoryLayout {
  const source = new MemoryLayout()
  for (const [digest, bytes] of layout.blobs) source.blobs.set(digest, bytes)
  return source
}
