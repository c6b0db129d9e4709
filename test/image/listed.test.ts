import { describe, expect, test } from 'vitest'
import {
  assertNamesDiffer,
  type Listed,
  labelOf,
  namesOf,
  pointed,
  readable,
  type Selected,
} from '../../src/image/listed.js'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import type { Root } from '../../src/store/graph.js'
import { NAME, newLayout } from '../fixtures/archives.js'
import { withCandidates } from '../fixtures/candidates.js'
import { addImage, dockerArchive, dockerEntries, image, layoutEntries, nameAnnotations } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

test.each([
  ['x86_64', undefined],
  ['amd64', 'v1'],
  ['arm64, which the config is not', undefined],
])('one name for two images of one platform is refused, spelled %s %s', async (architecture, variant) => {
  const layout = newLayout()
  const platforms = [
    { architecture: 'amd64', os: 'linux' },
    { architecture: architecture.replace(/,.*/, ''), os: 'linux', ...(variant && { variant }) },
  ]
  for (const [at, platform] of platforms.entries()) {
    const entry = addImage(layout, image({ files: [`${at}`] }))
    layout.manifests.push({ ...entry, platform, annotations: nameAnnotations(NAME) })
  }
  await withCandidates(tar(layoutEntries(layout)), async (candidates, source) => {
    await expect(assertNamesDiffer(candidates, source)).rejects.toMatchObject({ code: 'FORMAT' })
  })
})

test('one name for images of several platforms is one image', async () => {
  const layout = newLayout()
  for (const architecture of ['amd64', 'arm64']) {
    const entry = addImage(layout, image({ config: { architecture } }))
    layout.manifests.push({ ...entry, platform: { architecture, os: 'linux' }, annotations: nameAnnotations(NAME) })
  }
  await withCandidates(tar(layoutEntries(layout)), async (candidates, source) => {
    expect(candidates.map(namesOf)).toEqual([[NAME], [NAME]])
    await assertNamesDiffer(candidates, source)
  })
})

test.each([
  ['that spells the platform otherwise', { architecture: 'aarch64' }],
  ['that cannot be read', { architecture: 7 }],
])('one name for several platforms is one image also with a config %s', async (_, config) => {
  const layout = newLayout()
  const images = [image({ config: { architecture: 'amd64' } }), image({ config: config })]
  for (const [at, architecture] of ['amd64', 'arm64'].entries()) {
    const entry = addImage(layout, images[at] ?? image())
    layout.manifests.push({ ...entry, platform: { architecture, os: 'linux' }, annotations: nameAnnotations(NAME) })
  }
  await withCandidates(tar(layoutEntries(layout)), async (candidates, source) => {
    await assertNamesDiffer(candidates, source)
  })
})

describe('candidates', () => {
  test('of an archive with manifest.json are its items', async () => {
    await withCandidates(dockerArchive(image(), image({ tags: null, files: ['b'] })), (candidates) => {
      expect(candidates.map(({ kind }) => kind)).toEqual(['item', 'item'])
      expect(candidates.map(namesOf)).toEqual([[NAME], []])
      expect(candidates.map(labelOf)).toEqual(['app:v1', digestOf(image({ files: ['b'] }).config)])
    })
  })

  test('of an index are one for each content, with all its entries', async () => {
    const layout = newLayout()
    const root = addImage(layout, image())
    for (const tag of ['a', 'b']) layout.manifests.push({ ...root, annotations: nameAnnotations(`x.io/app:${tag}`) })
    layout.manifests.push(addImage(layout, image({ files: ['other'] })))
    await withCandidates(tar(layoutEntries(layout)), (candidates) => {
      expect(candidates.map(namesOf)).toEqual([['x.io/app:a', 'x.io/app:b'], []])
      expect(labelOf(candidates[1] ?? candidates[0] ?? raise())).toBe(layout.manifests[2]?.digest)
    })
  })

  test('of one name have to be one image', async () => {
    await withCandidates(dockerArchive(image(), image({ files: ['b'] })), async (candidates, source) => {
      await expect(assertNamesDiffer(candidates, source)).rejects.toMatchObject({ code: 'FORMAT', where: 'app:v1' })
      await assertNamesDiffer(candidates.slice(1), source)
    })
  })

  test('of one name are one image also where the index says a platform and manifest.json none', async () => {
    const layout = newLayout()
    const platform = { os: 'linux', architecture: 'amd64' }
    layout.manifests.push({ ...addImage(layout, image()), platform, annotations: nameAnnotations(NAME) })
    const archive = tar([...layoutEntries(layout), ...dockerEntries([image({ files: ['other'] })])])
    await withCandidates(archive, async (candidates, source) => {
      expect(candidates.map(namesOf)).toEqual([[NAME], [NAME]])
      await expect(assertNamesDiffer(candidates, source)).rejects.toMatchObject({ code: 'FORMAT', where: 'app:v1' })
    })
  })
})

describe('a candidate that points at one manifest of its index', () => {
  test('keeps its names and other annotations, and nothing of where it pointed', () => {
    const [index, child] = [descriptor('index', 1), descriptor('manifest', 2)]
    const annotations = [nameAnnotations('x.io/app:a'), { ...nameAnnotations('x.io/app:b'), other: 'x' }]
    const entries = annotations.map((own) => ({
      ...index,
      platform: { os: 'linux', architecture: 'amd64' },
      annotations: own,
    }))
    const candidate: Selected = { kind: 'index', entries, nodes: [], unchecked: [] }
    const found = pointed(candidate, child)
    expect(found.entries).toEqual(annotations.map((own) => ({ ...child, annotations: own })))
    expect(namesOf(found)).toEqual(namesOf(candidate))
    expect(candidate.entries[0]).toMatchObject(index)
  })

  test('gets no annotations if it had none', () => {
    const [index, child] = [descriptor('index', 1), descriptor('manifest', 2)]
    const found = pointed({ kind: 'index', entries: [index], nodes: [], unchecked: [] }, child)
    expect(found.entries).toEqual([child])
  })
})

describe('names', () => {
  const named = (annotations: Record<string, string>): Selected => {
    return { kind: 'index', entries: [{ ...descriptor('x', 1), annotations }], nodes: [], unchecked: [] }
  }

  test.each([
    ['a tag alone', { 'org.opencontainers.image.ref.name': 'v1' }, ['v1']],
    ['what is no legal name', { 'io.containerd.image.name': 'Not Legal' }, ['Not Legal']],
    ['none', {}, []],
  ])('of index entries stand as they are: %s', (_, annotations, names) => {
    expect(namesOf(named(annotations))).toEqual(names)
    expect(labelOf(named(annotations))).toBe(names[0] ?? descriptor('x', 1).digest)
  })
})

describe('an image that cannot be read', () => {
  const failure = new Error('no config')
  const broken: Listed = { kind: 'broken', names: [NAME], label: 'c.json', failure }

  test('has its names, and is called by the first of them', () => {
    expect(namesOf(broken)).toEqual([NAME])
    expect(labelOf(broken)).toBe('app:v1')
    expect(labelOf({ ...broken, names: [] })).toBe('c.json')
  })

  test('is an error only among those that are wanted', async () => {
    await withCandidates(dockerArchive(image()), (candidates) => {
      expect(readable(candidates)).toEqual(candidates)
      expect(() => readable([...candidates, broken])).toThrow(failure)
    })
  })
})

function descriptor(text: string, size: number): Root {
  return { mediaType: OCI_MANIFEST, digest: digestOf(Buffer.from(text)), size }
}

function raise(): never {
  throw new RangeError('there is no candidate')
}
