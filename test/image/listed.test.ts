import { describe, expect, test } from 'vitest'
import { type Listed, labelOf, namesOf, pointed, readable, type Selected } from '../../src/image/listed.js'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import type { Root } from '../../src/store/nodes.js'
import { NAME, newLayout } from '../fixtures/archives.js'
import { withCandidates } from '../fixtures/candidates.js'
import { addImage, dockerArchive, image, layoutEntries, nameAnnotations } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

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
