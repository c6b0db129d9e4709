import { expect, test } from 'vitest'
import { namesOf } from '../../src/image/listed.js'
import { digestSelector, hasDigest, select } from '../../src/image/select.js'
import { digestOf, hexOf } from '../../src/spec/digest.js'
import { addPlatforms, newLayout } from '../fixtures/archives.js'
import { withCandidates } from '../fixtures/candidates.js'
import { dockerArchive, image, layoutEntries } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

const archive = dockerArchive(
  image({ tags: ['app:v1', 'app:v2'] }),
  image({ tags: ['host.example:5000/app:v3'], files: ['b'] }),
)

test.each([
  [[], [['docker.io/library/app:v1', 'docker.io/library/app:v2'], ['host.example:5000/app:v3']]],
  [['v2'], [['docker.io/library/app:v2']]],
  [
    ['v3', 'app:v1'],
    [['docker.io/library/app:v1'], ['host.example:5000/app:v3']],
  ],
  [['v1', 'v2'], [['docker.io/library/app:v1', 'docker.io/library/app:v2']]],
  [['v1', '@0'], [['docker.io/library/app:v1', 'docker.io/library/app:v2']]],
  [['@1', '@1'], [['host.example:5000/app:v3']]],
])('selectors %j choose %j', async (selectors, names) => {
  await withCandidates(archive, (candidates) => {
    expect(select(candidates, selectors).map(namesOf)).toEqual(names)
  })
})

test.each(['@2', 'v9', 'other/app:v1', 'host.example:5000/app', '', 'no such thing'])(
  '%j fits nothing',
  async (selector) => {
    await withCandidates(archive, (candidates) => {
      expect(() => select(candidates, [selector])).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
    })
  },
)

test('a tag of two repositories takes both names of their one image', async () => {
  await withCandidates(dockerArchive(image({ tags: ['a:v1', 'b:v1', 'a:v2'] })), (candidates) => {
    const names = ['docker.io/library/a:v1', 'docker.io/library/b:v1']
    expect(select(candidates, ['v1']).map(namesOf)).toEqual([names])
  })
})

test('a digest is one with or without its algorithm', () => {
  const digest = digestOf(Buffer.from('text'))
  expect(digestSelector(digest)).toBe(digest)
  expect(digestSelector(hexOf(digest))).toBe(digest)
  expect(digestSelector(hexOf(digest).slice(1))).toBeUndefined()
  expect(digestSelector('v1')).toBeUndefined()
})

test('a candidate has the digests of its manifests, indexes and configs, and not of its layers', async () => {
  const layout = newLayout()
  const { root, amd64 } = addPlatforms(layout)
  layout.manifests.push(root)
  await withCandidates(tar(layoutEntries(layout)), ([candidate]) => {
    const wanted = [root.digest, amd64.digest, digestOf(image().config)].flatMap((text) => digestSelector(text) ?? [])
    expect(wanted.map((digest) => candidate && hasDigest(candidate, digest))).toEqual([true, true, true])
    const [, layer] = layout.blobs.values()
    expect(candidate && layer && hasDigest(candidate, digestOf(layer))).toBe(false)
  })
})

test('the digests of a manifest and of its config choose it once', async () => {
  const layout = newLayout()
  const { root, amd64 } = addPlatforms(layout)
  layout.manifests.push(root)
  const { config } = JSON.parse(layout.blobs.get(amd64.digest)?.toString() ?? '')
  await withCandidates(tar(layoutEntries(layout)), (images) => {
    const chosen = select(images, [amd64.digest, config.digest])
    expect(chosen).toMatchObject([{ entries: [{ digest: amd64.digest }] }])
  })
})
