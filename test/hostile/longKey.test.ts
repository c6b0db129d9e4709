import { expect, test } from 'vitest'
import { digestOf, hexOf } from '../../src/spec/digest.js'
import { newLayout } from '../fixtures/archives.js'
import { image, layoutEntries } from '../fixtures/image.js'
import { converted } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'

const LONG = 'k'.repeat(15e6)

test.each([
  ['a key of LayerSources', { LayerSources: { [LONG]: 1 } }],
  ['a field that nobody knows', { [LONG]: 1, Config: 2 }],
  ['a config path', { Config: LONG }],
  ['a layer path', { Layers: [LONG] }],
])('the error about %s of 15 MB is as long as one can read', async (_, fields) => {
  const { config } = image()
  const Config = `${hexOf(digestOf(config))}.json`
  const manifest = JSON.stringify([{ Config, RepoTags: null, Layers: [], ...fields }])
  const archive = tar([
    { name: Config, content: config },
    { name: 'manifest.json', content: manifest },
  ])
  const error: Error = await converted(archive).then(Promise.reject, (failure) => failure)
  expect(error).toMatchObject({ name: 'ImageError' })
  expect(error.message.length).toBeLessThan(1600)
})

test.each([
  ['a digest of millions of parts', { digest: 'a.'.repeat(9e6) }],
  ['a media type of 18 MB', { mediaType: 'a/'.repeat(9e6) }],
  ['18 MB of data', { data: 'abcd'.repeat(4.5e6) }],
  ['18 MB of what is no data', { data: `${'abcd'.repeat(4.5e6)}!` }],
])('%s in a descriptor overflow no stack', async (_, fields) => {
  const layout = newLayout()
  layout.manifests.push({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: digestOf(Buffer.alloc(0)),
    size: 0,
    ...fields,
  })
  const error: Error = await converted(tar(layoutEntries(layout))).then(Promise.reject, (failure) => failure)
  expect(error).toMatchObject({ name: 'ImageError', code: expect.stringMatching(/^(FORMAT|INTEGRITY)$/) })
  expect(error.message.length).toBeLessThan(1600)
})
