import { describe, expect, test } from 'vitest'
import { assertNamesDiffer, labelOf, namesOf } from '../../src/image/candidates.js'
import { digestOf } from '../../src/spec/digest.js'
import { hybridArchive, lopsidedArchive, NAME, newLayout } from '../fixtures/archives.js'
import { withCandidates } from '../fixtures/candidates.js'
import { addImage, dockerArchive, dockerEntries, image, layoutEntries, nameAnnotations } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

describe('candidates', () => {
  test('of manifest.json are its items', async () => {
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

  test('of a hybrid are each image once', async () => {
    await withCandidates(hybridArchive(), (candidates, _, warnings) => {
      expect(candidates).toMatchObject([{ kind: 'index', unchecked: [] }])
      expect(warnings).toEqual([])
    })
  })

  test('that only manifest.json has are added, and files that differ are noted to be checked', async () => {
    await withCandidates(lopsidedArchive(), (candidates, _, warnings) => {
      expect(candidates).toMatchObject([{ kind: 'index', unchecked: [{ names: [NAME] }] }, { kind: 'item' }])
      expect(warnings).toMatchObject([{ code: 'MANIFEST_ONLY' }])
    })
  })

  test('get the names that only manifest.json has', async () => {
    const layout = newLayout()
    layout.manifests.push({ ...addImage(layout, image()), annotations: nameAnnotations(NAME) })
    const archive = tar([...layoutEntries(layout), ...dockerEntries([image({ tags: ['app:v1', 'app:v2'] })])])
    await withCandidates(archive, (candidates, _, warnings) => {
      expect(candidates.map(namesOf)).toEqual([[NAME, 'docker.io/library/app:v2']])
      expect(warnings).toMatchObject([{ code: 'MANIFEST_ONLY', where: 'docker.io/library/app:v2' }])
    })
  })

  test('are none of an archive without images', async () => {
    const none = withCandidates(tar([{ name: 'manifest.json', content: '[]' }]), (candidates) => candidates)
    await expect(none).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('of one name have to be one image', async () => {
    await withCandidates(dockerArchive(image(), image({ files: ['b'] })), (candidates) => {
      expect(() => assertNamesDiffer(candidates)).toThrow(expect.objectContaining({ code: 'FORMAT', where: 'app:v1' }))
      assertNamesDiffer(candidates.slice(1))
    })
  })

  test('of one name are one image also where the index says a platform and manifest.json none', async () => {
    const layout = newLayout()
    const platform = { os: 'linux', architecture: 'amd64' }
    layout.manifests.push({ ...addImage(layout, image()), platform, annotations: nameAnnotations(NAME) })
    const archive = tar([...layoutEntries(layout), ...dockerEntries([image({ files: ['other'] })])])
    await withCandidates(archive, (candidates) => {
      expect(candidates.map(namesOf)).toEqual([[NAME], [NAME]])
      expect(() => assertNamesDiffer(candidates)).toThrow(expect.objectContaining({ code: 'FORMAT', where: 'app:v1' }))
    })
  })

  test.each([
    ['no file oci-layout', [], /there is no such file/],
    [
      'an oci-layout of another version',
      [{ name: 'oci-layout', content: '{"imageLayoutVersion":"2.0.0"}' }],
      /2\.0\.0/,
    ],
  ])('of a layout with %s come with a warning', async (_, layoutFile, message) => {
    const layout = newLayout()
    layout.manifests.push(addImage(layout, image()))
    const others = layoutEntries(layout).filter(({ name }) => name !== 'oci-layout')
    await withCandidates(tar([...others, ...layoutFile]), (candidates, _source, warnings) => {
      expect(candidates).toHaveLength(1)
      const warning = { code: 'LAYOUT_FILE', where: 'oci-layout', message: expect.stringMatching(message) }
      expect(warnings).toMatchObject([warning])
    })
  })
})

function raise(): never {
  throw new RangeError('there is no candidate')
}
