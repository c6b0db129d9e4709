import { describe, expect, test } from 'vitest'
import { contextOf } from '../../../src/bytes/context.js'
import { type ExportChoice, exportableImages } from '../../../src/docker/write/exportableImages.js'
import { digestOf } from '../../../src/spec/digest.js'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST } from '../../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../../src/spec/parse.js'
import { hostPlatform, parsePlatform } from '../../../src/spec/platform.js'
import type { Warning } from '../../../src/spec/warnings.js'
import { GraphWalks } from '../../../src/store/walks.js'
import { addPlatforms, NAME, newLayout } from '../../fixtures/archives.js'
import { poolOf } from '../../fixtures/exporting.js'
import { addBlob, addImage, addIndex, image, type Layout, nameAnnotations } from '../../fixtures/image.js'

const HOST = hostPlatform()
const OTHER = HOST.architecture === 's390x' ? 'riscv64' : 's390x'

describe('an image', () => {
  test('has its manifest, its config and the diffIDs of its layers', async () => {
    const layout = newLayout()
    const made = image()
    const entry = { ...addImage(layout, made), annotations: nameAnnotations(NAME) }
    const { images, warnings } = await exportable(layout, [entry])
    expect(images).toMatchObject([
      {
        names: [NAME],
        digest: entry.digest,
        config: { descriptor: { digest: digestOf(made.config), size: made.config.length }, bytes: made.config },
        diffIDs: made.layers.map((layer) => digestOf(layer)),
      },
    ])
    expect(images[0]?.manifest.layers).toHaveLength(2)
    expect(warnings).toEqual([])
  })

  test('of several names is one, with all of them in their order', async () => {
    const layout = newLayout()
    const entry = addImage(layout, image())
    const names = ['docker.io/library/z:1', NAME, 'docker.io/library/z:1']
    const entries = names.map((name) => ({ ...entry, annotations: nameAnnotations(name) }))
    const { images } = await exportable(layout, entries)
    expect(images.map((one) => one.names)).toEqual([['docker.io/library/z:1', NAME]])
  })

  test('without a name is one without names, beside those that have some', async () => {
    const layout = newLayout()
    const named = { ...addImage(layout, image()), annotations: nameAnnotations(NAME) }
    const untagged = addImage(layout, image({ files: ['other'] }))
    const { images } = await exportable(layout, [untagged, named, untagged])
    expect(images.map(({ digest, names }) => [digest, names])).toEqual([
      [untagged.digest, []],
      [named.digest, [NAME]],
    ])
  })

  test('is taken whatever its platform, if there is no other', async () => {
    const layout = newLayout()
    const entry = addImage(layout, image({ config: { architecture: OTHER } }))
    expect((await exportable(layout, [entry])).images).toHaveLength(1)
    expect((await exportable(layout, [addIndex(layout, [entry])])).images).toMatchObject([{ digest: entry.digest }])
  })

  test.each([
    ['fewer diffIDs than layers', { rootfs: { type: 'layers', diff_ids: [] } }, 'INTEGRITY'],
    ['a diffID that is none', { rootfs: { type: 'layers', diff_ids: ['a', 'b'] } }, 'FORMAT'],
    ['a config that is no object', [], 'FORMAT'],
  ])('with %s is refused, and it is said which', async (_, config, code) => {
    const layout = newLayout()
    const entry = addImage(layout, { ...image(), config: canonicalJSON(config) })
    await expect(exportable(layout, [entry])).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`${digestOf(canonicalJSON(config))}`),
    })
  })
})

test('an image of another platform is one, also where one entry of it states that and another does not', async () => {
  const layout = newLayout()
  const entry = addImage(layout, image({ config: { architecture: OTHER } }))
  const { images } = await exportable(layout, [entry, { ...entry, platform: { os: 'linux', architecture: OTHER } }])
  expect(images.map(({ digest }) => digest)).toEqual([entry.digest])
})

describe('of several platforms', () => {
  test('that of this machine is taken, be it in an index or beside the others', async () => {
    const { layout, host, other } = platforms()
    const nested = addIndex(layout, [addIndex(layout, [other, host])])
    for (const entries of [[addIndex(layout, [other, host])], [nested]]) {
      expect((await exportable(layout, entries)).images).toMatchObject([{ digest: host.digest }])
    }
    const flat = [other, host].map((entry) => ({ ...entry, annotations: nameAnnotations(NAME) }))
    expect((await exportable(layout, flat)).images).toMatchObject([{ digest: host.digest, names: [NAME] }])
  })

  test('one manifest may be that of several, under one name or another', async () => {
    const { layout, host } = platforms()
    const annotations = nameAnnotations(NAME)
    const foreign = { ...host, platform: { os: 'linux', architecture: OTHER }, annotations }
    const entries = [foreign, { ...host, annotations }]
    expect((await exportable(layout, entries)).images).toMatchObject([{ digest: host.digest, names: [NAME] }])
  })

  test('that which was asked for is taken', async () => {
    const { layout, host, other } = platforms()
    const entries = [addIndex(layout, [host, other])]
    const asked = [parsePlatform(`linux/${OTHER}`)]
    expect((await exportable(layout, entries, { platforms: asked })).images).toMatchObject([{ digest: other.digest }])
    const both = [...asked, HOST]
    expect((await exportable(layout, entries, { platforms: both })).images).toMatchObject([{ digest: host.digest }])
  })

  test('the first that was asked for is taken if none is of this machine', async () => {
    const { layout, other } = platforms()
    const third = platformed(layout, 'mips64le')
    const entries = [addIndex(layout, [third, other])]
    const asked = [parsePlatform(`linux/${OTHER}`), parsePlatform('linux/mips64le')]
    expect((await exportable(layout, entries, { platforms: asked })).images).toMatchObject([{ digest: other.digest }])
  })

  test('the config says which it is if the index does not', async () => {
    const { layout, host, other } = platforms()
    const entries = [
      addIndex(
        layout,
        [other, host].map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
      ),
    ]
    expect((await exportable(layout, entries)).images).toMatchObject([{ digest: host.digest }])
  })

  test('none is taken if none fits, and they are listed', async () => {
    const { layout, other } = platforms()
    const third = platformed(layout, 'mips64le')
    const entry = { ...addIndex(layout, [third, other]), annotations: nameAnnotations(NAME) }
    await expect(exportable(layout, [entry])).rejects.toMatchObject({
      code: 'NOT_FOUND',
      where: 'app:v1',
      expected: expect.stringContaining(HOST.architecture),
      found: `linux/mips64le, linux/${OTHER}`,
      hint: expect.stringContaining('--platform'),
    })
  })

  test('one that is not there is none', async () => {
    const { layout, host, other } = platforms()
    layout.blobs.delete(host.digest)
    expect((await exportable(layout, [addIndex(layout, [host, other])])).images).toMatchObject([
      { digest: other.digest },
    ])
  })
})

describe('what is no image', () => {
  test('but attests one is left out without a word', async () => {
    const layout = newLayout()
    const { root, amd64 } = addPlatforms(layout)
    const [, , attestation] = JSON.parse(layout.blobs.get(root.digest)?.toString() ?? '').manifests
    const { images, warnings } = await exportable(layout, [amd64, attestation])
    expect(images.map(({ digest }) => digest)).toEqual([amd64.digest])
    expect(warnings).toEqual([])
  })

  test.each(['application/vnd.cncf.helm.config.v1+json', OCI_CONFIG])(
    'is left out with a warning: a config of type %s and a layer of another',
    async (configType) => {
      const layout = newLayout()
      const artifact = { ...addArtifact(layout, configType), annotations: nameAnnotations('docker.io/library/chart:1') }
      const entry = addImage(layout, image())
      const { images, warnings } = await exportable(layout, [artifact, entry])
      expect(images.map(({ digest }) => digest)).toEqual([entry.digest])
      expect(warnings).toEqual([
        { code: 'NO_IMAGE', message: expect.stringContaining('docker load'), where: 'chart:1' },
      ])
    },
  )

  test('is told of once where it stands beside images, whatever the names', async () => {
    const layout = newLayout()
    const artifact = addArtifact(layout)
    const gone = { ...artifact, digest: digestOf(Buffer.from('absent')) }
    const entry = addIndex(layout, [addImage(layout, image()), artifact, addIndex(layout, [artifact]), gone])
    const names = [NAME, 'docker.io/library/app:v2'].map((name) => ({ ...entry, annotations: nameAnnotations(name) }))
    const beside = { ...artifact, annotations: nameAnnotations(NAME) }
    const { images, warnings } = await exportable(layout, [...names, beside])
    expect(images).toHaveLength(1)
    expect(warnings).toMatchObject([{ code: 'NO_IMAGE', where: artifact.digest }])
  })

  test('is refused if it was asked for', async () => {
    const layout = newLayout()
    const artifact = addArtifact(layout)
    const entries = [artifact, addImage(layout, image())]
    await expect(exportable(layout, entries, { isNamed: true })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      where: artifact.digest,
      hint: expect.stringContaining('oci'),
    })
  })

  test('is refused if no image is beside it', async () => {
    const layout = newLayout()
    const all = [[], [addArtifact(layout)], [addIndex(layout, [])]]
    for (const entries of all) {
      await expect(exportable(layout, entries)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
  })
})

interface Platforms {
  layout: Layout
  host: Descriptor
  other: Descriptor
}

function platforms(): Platforms {
  const layout = newLayout()
  return { layout, host: platformed(layout, HOST.architecture), other: platformed(layout, OTHER) }
}

function platformed(layout: Layout, architecture: string): Descriptor {
  const made = image({ files: [architecture], config: { architecture } })
  return { ...addImage(layout, made), platform: { architecture, os: 'linux' } }
}

function addArtifact(layout: Layout, configType = 'application/vnd.cncf.helm.config.v1+json'): Descriptor {
  const config = addBlob(layout, Buffer.from('{}'), configType)
  const layers = [addBlob(layout, Buffer.from('chart'), 'application/vnd.cncf.helm.chart.content.v1.tar+gzip')]
  return addBlob(layout, canonicalJSON({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }), OCI_MANIFEST)
}

async function exportable(layout: Layout, entries: readonly Descriptor[], choice: Partial<ExportChoice> = {}) {
  const warnings: Warning[] = []
  const warn = (warning: Warning) => warnings.push(warning)
  const pool = await poolOf(layout.blobs.values())
  const images = await exportableImages(entries, new GraphWalks(pool), {
    platforms: [],
    isNamed: false,
    warn,
    documents: contextOf({}).documents,
    ...choice,
  })
  return { images, warnings }
}
