import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { inspect } from '../../src/commands/inspect.js'
import type { ConvertOptions } from '../../src/commands/options.js'
import { digestOf } from '../../src/spec/digest.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../src/spec/parse.js'
import { addPlatforms, attesting, NAME, NO_PLATFORM, newLayout } from '../fixtures/archives.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { exported, jsonIn } from '../fixtures/exporting.js'
import { addBlob, addImage, addIndex, image, type Layout, layoutEntries, nameAnnotations } from '../fixtures/image.js'
import { blobOf, converted, DOORS } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'

const DOCKER = ['docker', 'docker-25', 'docker-legacy'] as const
const ARM = image({ files: ['hidden'], config: { architecture: 'arm64' } })
const AMD = image()

/** An index of two images that an engine can run; the second says that it attests the first. */
function twoImages() {
  const layout = newLayout()
  const [amd64, arm64] = [addPlatform(layout, 'amd64'), addPlatform(layout, 'arm64')]
  const root = addIndex(layout, [amd64, attesting(arm64, amd64.digest)])
  layout.manifests.push({ ...root, annotations: nameAnnotations(NAME) })
  return { archive: tar(layoutEntries(layout)), amd64, arm64, root }
}

describe.each(Object.keys(DOORS))('an image that its index calls an attestation, by %s', (door) => {
  const { archive, amd64, arm64, root } = twoImages()
  const open = async () => (await DOORS[door]?.(archive)) ?? ''
  const told = [
    {
      code: 'FALSE_ATTESTATION',
      message: 'it is treated as an image, although its descriptor says that it is about other content',
      where: arm64.digest,
    },
  ]

  test('is shown as an image', async () => {
    const { images, warnings } = await inspect(await open())
    expect(images[0]?.manifests).toMatchObject([
      { kind: 'image', digest: amd64.digest, about: null },
      { kind: 'image', digest: arm64.digest, platform: 'linux/arm64', config: digestOf(ARM.config), about: null },
    ])
    expect(warnings).toEqual(told)
  })

  test.each(DOCKER)('is exported as %s', async (format) => {
    const result = await exported(await open(), { format, platforms: ['linux/arm64'] })
    expect(configsIn(jsonIn(result, 'manifest.json'))).toEqual([digestOf(ARM.config)])
    expect(result.warnings).toEqual(told)
  })

  test.each(['oci', 'docker'] as const)('goes with its index as %s, attestations stripped or not', async (format) => {
    for (const stripAttestations of [false, true]) {
      const platforms = ['linux/amd64', 'linux/arm64']
      const result = await exported(await open(), { format, platforms, stripAttestations })
      expect(result.images).toMatchObject([{ digest: root.digest }])
      expect(digestOf(result.entries.get(pathOf(arm64))?.content ?? Buffer.alloc(0))).toBe(arm64.digest)
      expect(result.warnings).toEqual(told)
    }
  })

  test.each<[string, ConvertOptions]>([
    ['platform', { platforms: ['linux/arm64'] }],
    ['digest', { images: [arm64.digest] }],
    ['image ID', { images: [digestOf(ARM.config)] }],
    ['platform, attestations stripped', { platforms: ['linux/arm64'], stripAttestations: true }],
  ])('can be selected by its %s', async (_, options) => {
    const path = join(await temporaryDirectory(), 'layout')
    const { images, warnings } = await convert(await open(), path, options)
    expect(images).toMatchObject([{ digest: arm64.digest, platform: 'linux/arm64' }])
    expect(warnings).toEqual(told)
  })

  test('is refused with --strict', async () => {
    const refused = { code: 'FORMAT', where: arm64.digest }
    await expect(inspect(await open(), { strict: true })).rejects.toMatchObject(refused)
    const path = join(await temporaryDirectory(), 'layout')
    await expect(convert(await open(), path, { strict: true })).rejects.toMatchObject(refused)
  })
})

describe('an image that its index calls an attestation', () => {
  const { archive, amd64, arm64 } = twoImages()

  test('is not wanted for a platform that is not its own', async () => {
    const { layout, three } = withThird()
    const { index, files } = await converted(tar(layoutEntries(layout)), { platforms: ['linux/amd64', 'linux/s390x'] })
    expect(index.manifests).toMatchObject([{ digest: three.digest }])
    expect(blobOf(files, arm64.digest)).toHaveLength(0)
  })

  test('still names what it named when that is rewritten', async () => {
    const { index, files } = await converted(archive, { layers: 'uncompressed' })
    const [first, second] = JSON.parse(blobOf(files, index.manifests?.[0]?.digest ?? '').toString()).manifests
    expect([first.digest, second.digest]).not.toEqual([amd64.digest, arm64.digest])
    expect(second.annotations).toEqual(attesting(arm64, first.digest).annotations)
  })

  test('is told of once, whatever the number of its names and indexes', async () => {
    const layout = newLayout()
    const [one, other] = [addPlatform(layout, 'amd64'), addPlatform(layout, 'arm64')]
    const claimed = attesting(other, one.digest)
    const indexes = [addIndex(layout, [one, claimed]), addIndex(layout, [claimed, one, claimed])]
    for (const [at, root] of [...indexes, ...indexes].entries()) {
      layout.manifests.push({ ...root, annotations: nameAnnotations(`docker.io/library/app:${at}`) })
    }
    const path = await temporaryFile(tar(layoutEntries(layout)))
    expect((await inspect(path)).warnings).toMatchObject([{ code: 'FALSE_ATTESTATION', where: other.digest }])
    for (const format of ['oci', ...DOCKER] as const) {
      const { warnings } = await exported(path, { format, platforms: ['linux/arm64'] })
      expect(warnings).toMatchObject([{ code: 'FALSE_ATTESTATION', where: other.digest }])
    }
  })

  function withThird() {
    const layout = newLayout()
    const all = [addPlatform(layout, 'amd64'), addPlatform(layout, 'arm64'), addPlatform(layout, 's390x')] as const
    const three = addIndex(layout, [all[0], attesting(all[1], all[0].digest), all[2]])
    layout.manifests.push(three)
    return { layout, three }
  }
})

describe('no claim hides', () => {
  test('images that attest each other', async () => {
    const layout = newLayout()
    const [one, other] = [addPlatform(layout, 'amd64'), addPlatform(layout, 'arm64')]
    layout.manifests.push(addIndex(layout, [attesting(one, other.digest), attesting(other, one.digest)]))
    await expectShown(layout, [one, other])
  })

  test('an image that attests itself', async () => {
    const layout = newLayout()
    const one = addPlatform(layout, 'amd64')
    layout.manifests.push(addIndex(layout, [attesting(one, one.digest)]))
    await expectShown(layout, [one])
  })

  test('an image of no platform', async () => {
    const layout = newLayout()
    const [one, other] = [addPlatform(layout, 'amd64'), addPlatform(layout, 'arm64')]
    layout.manifests.push(addIndex(layout, [one, attesting({ ...other, platform: NO_PLATFORM }, one.digest)]))
    await expectShown(layout, [other])
  })

  test('images of index.json itself', async () => {
    const layout = newLayout()
    const [one, other] = [addPlatform(layout, 'amd64'), addPlatform(layout, 'arm64')]
    layout.manifests.push({ ...one, annotations: nameAnnotations(NAME) }, attesting(other, one.digest))
    await expectShown(layout, [other])
    for (const format of DOCKER) {
      const result = await exported(tar(layoutEntries(layout)), { format, stripAttestations: true })
      expect(configsIn(jsonIn(result, 'manifest.json'))).toEqual([digestOf(AMD.config), digestOf(ARM.config)])
    }
    const { index } = await converted(tar(layoutEntries(layout)), { platforms: ['linux/arm64'], images: ['@1'] })
    expect(index.manifests).toMatchObject([{ digest: other.digest }])
  })

  test('an index, in an index or in index.json', async () => {
    const layout = newLayout()
    const one = addPlatform(layout, 'arm64')
    const inner = addIndex(layout, [one])
    layout.manifests.push(addIndex(layout, [attesting(inner, one.digest)]))
    await expectShown(layout, [inner])
    const flat = { blobs: new Map(layout.blobs), manifests: [attesting(inner, one.digest)] }
    for (const { digest } of layout.manifests) flat.blobs.delete(digest)
    await expectShown(flat, [inner])
    for (const either of [layout, flat]) {
      for (const format of DOCKER) {
        const result = await exported(tar(layoutEntries(either)), { format, stripAttestations: true })
        expect(configsIn(jsonIn(result, 'manifest.json'))).toEqual([digestOf(ARM.config)])
      }
    }
  })

  test('an image without layers', async () => {
    const layout = newLayout()
    const one = addPlatform(layout, 'amd64')
    const empty = { ...addImage(layout, image({ files: [] })), platform: NO_PLATFORM }
    layout.manifests.push(addIndex(layout, [one, attesting(empty, one.digest)]))
    await expectShown(layout, [empty])
  })

  test('an artifact: docker formats tell that they leave it out', async () => {
    const layout = newLayout()
    const one = addPlatform(layout, 'amd64')
    const mixed = addMixed(layout)
    const signature = { ...addStatement(layout), annotations: { 'vnd.docker.reference.digest': one.digest } }
    const root = addIndex(layout, [one, attesting(mixed, one.digest), signature])
    for (const name of [NAME, 'docker.io/library/app:v2']) {
      layout.manifests.push({ ...root, annotations: nameAnnotations(name) })
    }
    const path = await temporaryFile(tar(layoutEntries(layout)))
    const { images, warnings } = await inspect(path)
    expect(images[0]?.manifests).toMatchObject([
      { kind: 'image' },
      { kind: 'artifact', about: one.digest, layers: [{}, {}] },
      { kind: 'artifact', about: one.digest },
    ])
    const claim = { code: 'FALSE_ATTESTATION', where: mixed.digest }
    expect(warnings).toMatchObject([claim])
    for (const format of DOCKER) {
      const result = await exported(path, { format, stripAttestations: true })
      expect(result.warnings).toMatchObject([
        claim,
        { code: 'NO_IMAGE', where: mixed.digest },
        { code: 'NO_IMAGE', where: signature.digest },
      ])
    }
    const kept = await converted(path, { stripAttestations: true })
    expect(kept.images).toMatchObject([{ digest: root.digest }, { digest: root.digest }])
  })

  test('an image that is not in the source', async () => {
    const layout = newLayout()
    const [one, other] = [addPlatform(layout, 'amd64'), addPlatform(newLayout(), 'arm64')]
    const root = addIndex(layout, [one, attesting(other, one.digest)])
    layout.manifests.push(root)
    const { images, warnings } = await inspect(await temporaryFile(tar(layoutEntries(layout))))
    expect(images[0]?.manifests[1]).toMatchObject({ kind: 'image', present: false, platform: 'linux/arm64' })
    const told = [
      { code: 'FALSE_ATTESTATION', where: other.digest },
      { code: 'SPARSE_INDEX', where: other.digest },
    ]
    expect(warnings).toMatchObject(told)
    const kept = await converted(tar(layoutEntries(layout)), { stripAttestations: true })
    expect(kept.images).toMatchObject([{ digest: root.digest }])
    expect(kept.warnings).toMatchObject(told)
  })
})

describe('a true attestation', () => {
  const layout = newLayout()
  const { root, amd64, arm64 } = addPlatforms(layout)
  const archive = tar(layoutEntries({ ...layout, manifests: [{ ...root, annotations: nameAnnotations(NAME) }] }))

  test('is shown as one, and goes with its index or not', async () => {
    const { images, warnings } = await inspect(await temporaryFile(archive))
    expect(images[0]?.manifests.map(({ kind }) => kind)).toEqual(['image', 'image', 'attestation'])
    expect(warnings).toEqual([])
    for (const format of DOCKER) {
      const { warnings } = await exported(archive, { format, platforms: ['linux/amd64'] })
      expect(warnings).toMatchObject([{ code: 'LEFT_OUT', message: expect.stringContaining(amd64.digest) }])
    }
    const stripped = await converted(archive, { stripAttestations: true })
    expect(stripped.images[0]?.manifests?.map(({ digest }) => digest)).toEqual([amd64.digest, arm64.digest])
    expect(stripped.warnings).toEqual([])
  })

  test('is one also where it is not in the source', async () => {
    const documentOf = (digest: string) => JSON.parse(layout.blobs.get(digest)?.toString() ?? '')
    const [, , attestation] = documentOf(root.digest).manifests
    const { config, layers } = documentOf(attestation.digest)
    const blobs = new Map(layout.blobs)
    for (const { digest } of [attestation, config, ...layers]) blobs.delete(digest)
    const sparse = tar(layoutEntries({ blobs, manifests: [root] }))
    const { images } = await inspect(await temporaryFile(sparse))
    expect(images[0]?.manifests[2]).toMatchObject({ kind: 'attestation', present: false })
    const stripped = await converted(sparse, { stripAttestations: true })
    expect(stripped.images[0]?.manifests).toHaveLength(2)
    expect(stripped.warnings).toEqual([])
  })
})

/** Expects that these are seen for what they are, and told of; and that nothing goes as an attestation. */
async function expectShown(layout: Layout, claimed: Descriptor[]): Promise<void> {
  const path = await temporaryFile(tar(layoutEntries(layout)))
  const told = claimed.map(({ digest }) => ({ code: 'FALSE_ATTESTATION', where: digest }))
  const { images, warnings } = await inspect(path)
  expect(JSON.stringify(images)).not.toContain('"attestation"')
  expect(warnings).toMatchObject(told)
  const kept = await converted(path, { stripAttestations: true })
  expect(kept.images.map(({ digest }) => digest)).toEqual(layout.manifests.map(({ digest }) => digest))
  expect(kept.warnings).toMatchObject(told)
  for (const { digest } of claimed) expect(blobOf(kept.files, digest)).not.toHaveLength(0)
}

function addPlatform(layout: Layout, architecture: 'amd64' | 'arm64' | 's390x'): Descriptor {
  const other = image({ files: [architecture], config: { architecture } })
  const made = { amd64: AMD, arm64: ARM, s390x: other }[architecture]
  return { ...addImage(layout, made), platform: { os: 'linux', architecture } }
}

/** A manifest with a layer that an engine may unpack, and a statement. */
function addMixed(layout: Layout): Descriptor {
  const parsed = JSON.parse(layout.blobs.get(addImage(layout, AMD).digest)?.toString() ?? '')
  const statement = addBlob(layout, Buffer.from('{}'), 'application/vnd.in-toto+json')
  return addManifest(layout, parsed.config, [parsed.layers[0], statement])
}

function addStatement(layout: Layout): Descriptor {
  const statement = addBlob(layout, Buffer.from('{"a":1}'), 'application/vnd.in-toto+json')
  return addManifest(layout, addBlob(layout, Buffer.from('{}'), OCI_CONFIG), [statement])
}

function addManifest(layout: Layout, config: Descriptor, layers: Descriptor[]): Descriptor {
  return addBlob(layout, canonicalJSON({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }), OCI_MANIFEST)
}

function pathOf({ digest }: Descriptor): string {
  return `blobs/${digest.replace(':', '/')}`
}

/** Digests of the configs that a manifest.json names. */
function configsIn(items: { Config: string }[]): string[] {
  return items.map(({ Config }) => `sha256:${/[0-9a-f]{64}/.exec(Config)?.[0]}`)
}
