import { describe, expect, test } from 'vitest'
import { readManifestJSON } from '../../../src/docker/read/manifestJSON.js'
import { digestOf, hexOf } from '../../../src/spec/digest.js'
import { wholeItems } from '../../fixtures/candidates.js'
import { dockerArchive, image } from '../../fixtures/image.js'
import { withArchive } from '../../fixtures/intake.js'
import { tar } from '../../fixtures/tar.js'

const made = image()
const id = digestOf(made.config)

describe('manifest.json', () => {
  test('gives each image with names, config, layers and diffIDs', async () => {
    const { items } = await table(dockerArchive(image({ tags: ['app:v1', 'app:v1', 'x/y'] }), image({ tags: null })))
    expect(items?.map(({ names }) => names)).toEqual([['docker.io/library/app:v1', 'docker.io/x/y:latest'], []])
    expect(items?.[0]).toMatchObject({
      config: { digest: id, bytes: made.config, parsed: { os: 'linux' } },
      layers: made.layers.map((layer) => `${hexOf(digestOf(layer))}/layer.tar`),
      diffIDs: made.layers.map((layer) => digestOf(layer)),
    })
  })

  test('is undefined where there is none', async () => {
    expect((await table(tar([{ name: 'a' }]))).items).toBeUndefined()
  })

  test('may have its keys in any case, and no layers', async () => {
    const config = '{"rootfs":{"type":"layers","diff_ids":null}}'
    const { items } = await table(archive('c.json', config, '[{"config":"c.json","repoTags":["a:1"]}]'))
    expect(items).toMatchObject([{ names: ['docker.io/library/a:1'], layers: [], diffIDs: [] }])
  })

  test('names the image in errors', async () => {
    const broken = archive('c.json', '{}', '[{"Config":"c.json","RepoTags":["a:1"]}]')
    await expect(table(broken)).rejects.toMatchObject({ message: expect.stringMatching(/^image a:1: .*c\.json/) })
  })
})

describe('the name of a config', () => {
  const reference = (name: string) => JSON.stringify([{ Config: name }])

  test('is a claim below blobs/', async () => {
    const name = `blobs/sha256/${'0'.repeat(64)}`
    await expect(table(archive(name, made.config, reference(name)))).rejects.toMatchObject({
      code: 'INTEGRITY',
      expected: `sha256:${'0'.repeat(64)}`,
      found: id,
    })
  })

  test.each([`${'0'.repeat(64)}.json`, `sha256:${'0'.repeat(64)}`])('elsewhere is a habit: %s', async (name) => {
    const { items, warnings } = await table(archive(name, made.config, reference(name)))
    expect(items).toMatchObject([{ config: { digest: id } }])
    expect(warnings).toMatchObject([{ code: 'CONFIG_NAME', where: name, message: expect.stringContaining(id) }])
  })

  test.each([`${hexOf(id)}.json`, `sha256:${hexOf(id)}`, 'config.json'])('is no oddity: %s', async (name) => {
    expect((await table(archive(name, made.config, reference(name)))).warnings).toEqual([])
  })
})

function archive(name: string, config: Buffer | string, manifest: string): Buffer {
  return tar([
    { name, content: config },
    { name: 'manifest.json', content: manifest },
  ])
}

function table(bytes: Buffer) {
  return withArchive('file', bytes, async (found, { context, warnings }) => {
    const items = await readManifestJSON(found, context.warn)
    return { items: items && wholeItems(items), warnings }
  })
}
