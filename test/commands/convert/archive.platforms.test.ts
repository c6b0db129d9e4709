import { describe, expect, test } from 'vitest'
import { ARCHIVE_FORMATS } from '../../../src/spec/archiveFormat.js'
import { digestOf, hexOf } from '../../../src/spec/digest.js'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'
import { OCI_MANIFEST } from '../../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../../src/spec/parse.js'
import { hostPlatform } from '../../../src/spec/platform.js'
import { addPlatforms, NAME, newLayout } from '../../fixtures/archives.js'
import { type Exported, exported, jsonIn } from '../../fixtures/exporting.js'
import {
  addBlob,
  addImage,
  addIndex,
  image,
  type Layout,
  layoutEntries,
  nameAnnotations,
} from '../../fixtures/image.js'
import { tar } from '../../fixtures/tar.js'

const DOCKER_FORMATS = ARCHIVE_FORMATS.filter((format) => format !== 'oci')
const CLASSIC = ['docker-25', 'docker-legacy'] as const
const HOST = hostPlatform().architecture
const OTHER = HOST === 's390x' ? 'riscv64' : 's390x'

describe('of several platforms', () => {
  test.each(DOCKER_FORMATS)(
    'manifest.json names that of this machine, and classic formats have only it: %s',
    async (format) => {
      const { layout, host, other } = platforms()
      const result = await exported(tar(layoutEntries(layout)), { format })
      expect(configsIn(result)).toEqual([host])
      const isThere = [...result.entries.keys()].some((path) => path.includes(hexOf(other)))
      expect(isThere).toBe(format === 'docker')
    },
  )

  test.each(DOCKER_FORMATS)('manifest.json names the one that was asked for: %s', async (format) => {
    const { layout, other } = platforms()
    const result = await exported(tar(layoutEntries(layout)), { format, platforms: [`linux/${OTHER}`] })
    expect(configsIn(result)).toEqual([other])
    expect(result.images).toMatchObject([{ platform: `linux/${OTHER}` }])
  })

  test.each(DOCKER_FORMATS)('manifest.json names one of those that were asked for: %s', async (format) => {
    const { layout, host, other } = platforms('mips64le')
    const options = { format, platforms: [`linux/${OTHER}`, 'linux/mips64le'] }
    const result = await exported(tar(layoutEntries(layout)), options)
    expect(configsIn(result)).toEqual([other])
    expect([...result.entries.keys()].some((path) => path.includes(hexOf(host)))).toBe(false)
    if (format === 'docker') expect(jsonIn(result, 'index.json').manifests).toEqual(layout.manifests)
  })

  test.each(DOCKER_FORMATS)('the only one there is taken, whichever it is: %s', async (format) => {
    const layout = newLayout()
    const made = image({ config: { architecture: OTHER } })
    const child = { ...addImage(layout, made), platform: { architecture: OTHER, os: 'linux' } }
    const absent = { ...addImage(newLayout(), image({ files: ['b'] })), platform: { architecture: HOST, os: 'linux' } }
    layout.manifests.push({ ...addIndex(layout, [absent, child]), annotations: nameAnnotations(NAME) })
    const result = await exported(tar(layoutEntries(layout)), { format })
    expect(configsIn(result)).toEqual([digestOf(made.config)])
    expect(result.warnings).toMatchObject([{ code: 'SPARSE_INDEX', where: absent.digest }])
  })

  test.each(DOCKER_FORMATS)('it is said which there are if none fits: %s', async (format) => {
    const layout = newLayout()
    const children = [OTHER, 'mips64le'].map((architecture) => platformed(layout, architecture))
    layout.manifests.push({ ...addIndex(layout, children), annotations: nameAnnotations(NAME) })
    const archive = tar(layoutEntries(layout))
    await expect(exported(archive, { format })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      where: 'app:v1',
      found: `linux/${OTHER}, linux/mips64le`,
    })
    await expect(exported(archive, { format, platforms: [`linux/${HOST}`] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      found: `linux/${OTHER}, linux/mips64le`,
    })
    expect((await exported(archive, { format: 'oci' })).images).toHaveLength(1)
  })
})

describe('attestations', () => {
  const layout = newLayout()
  const { root, amd64, arm64 } = addPlatforms(layout)
  const other = HOST === 'amd64' ? arm64 : amd64
  layout.manifests.push({ ...root, annotations: nameAnnotations(NAME) })
  const archive = tar(layoutEntries(layout))

  test('are kept in docker and oci', async () => {
    for (const format of ['docker', 'oci'] as const) {
      const { entries, warnings } = await exported(archive, { format, platforms: [] })
      const paths = [...layout.blobs.keys()].map((digest) => `blobs/sha256/${hexOf(digest)}`)
      expect([...entries.keys()]).toEqual(expect.arrayContaining(paths))
      expect(warnings).toEqual([])
    }
  })

  test('are left out on request, and manifests stay as they are', async () => {
    const result = await exported(archive, { stripAttestations: true })
    const [entry] = jsonIn(result, 'index.json').manifests
    const index = jsonIn(result, `blobs/sha256/${hexOf(entry.digest)}`)
    expect(index.manifests).toHaveLength(2)
    expect(index.manifests[0].digest).toBe(amd64.digest)
  })

  test.each(CLASSIC)('have no place in %s, nor have other platforms, which is told', async (format) => {
    const attestation = { code: 'LEFT_OUT', message: expect.stringContaining(amd64.digest) }
    const { warnings, images } = await exported(archive, { format, platforms: ['linux/amd64'] })
    expect(warnings).toMatchObject([attestation])
    expect(images).toHaveLength(1)
    const whole = await exported(archive, { format, platforms: [] })
    expect(whole.warnings).toMatchObject([{ code: 'LEFT_OUT', where: other.digest }, attestation])
  })
})

describe('what is no image', () => {
  const layout = newLayout()
  const artifact = { ...addArtifact(layout), annotations: nameAnnotations('docker.io/library/chart:1') }
  const entry = { ...addImage(layout, image()), annotations: nameAnnotations(NAME) }
  layout.manifests.push(artifact, entry)
  const archive = tar(layoutEntries(layout))

  test.each(DOCKER_FORMATS)('is left out of manifest.json with a warning: %s', async (format) => {
    const result = await exported(archive, { format })
    expect(repoTagsIn(result)).toEqual([['app:v1']])
    expect(result.warnings).toMatchObject([{ code: 'NO_IMAGE', where: 'chart:1' }])
    if (format === 'docker') expect(jsonIn(result, 'index.json').manifests).toEqual([artifact, entry])
    else expect([...result.entries.keys()].some((path) => path.includes(hexOf(artifact.digest)))).toBe(false)
    await expect(exported(archive, { format, strict: true })).rejects.toMatchObject({ code: 'FORMAT' })
  })

  test.each(DOCKER_FORMATS)(
    'is refused if it is what was selected, and it is said what takes it: %s',
    async (format) => {
      for (const images of [['chart:1'], ['chart:1', 'app:v1']]) {
        await expect(exported(archive, { format, images })).rejects.toMatchObject({
          code: 'UNSUPPORTED',
          where: 'chart:1',
          hint: expect.stringContaining('oci'),
        })
      }
      expect((await exported(archive, { format, images: ['app:v1'] })).warnings).toEqual([])
    },
  )

  test('is kept in a plain layout', async () => {
    const result = await exported(archive, { format: 'oci', images: ['chart:1'] })
    expect(jsonIn(result, 'index.json').manifests).toEqual([artifact])
    expect(result.warnings).toEqual([])
  })
})

function repoTagsIn(result: Exported): (string[] | null)[] {
  return jsonIn(result, 'manifest.json').map((item: { RepoTags: string[] | null }) => item.RepoTags)
}

/** Digests of the configs that manifest.json names. */
function configsIn(result: Exported): string[] {
  return jsonIn(result, 'manifest.json').map(({ Config }: { Config: string }) => {
    return `sha256:${/([0-9a-f]{64})(\.json)?$/.exec(Config)?.[1]}`
  })
}

/** An image of this machine's platform and others, and the digests of the first two configs. */
function platforms(...more: string[]): { layout: Layout; host: string; other: string } {
  const layout = newLayout()
  const children = [OTHER, HOST, ...more].map((architecture) => platformed(layout, architecture))
  layout.manifests.push({ ...addIndex(layout, children), annotations: nameAnnotations(NAME) })
  const [other = '', host = ''] = [OTHER, HOST].map((one) => digestOf(imageOf(one).config))
  return { layout, host, other }
}

function platformed(layout: Layout, architecture: string): Descriptor {
  return { ...addImage(layout, imageOf(architecture)), platform: { architecture, os: 'linux' } }
}

function imageOf(architecture: string) {
  return image({ files: [architecture], config: { architecture } })
}

function addArtifact(layout: Layout): Descriptor {
  const config = addBlob(layout, Buffer.from('{}'), 'application/vnd.cncf.helm.config.v1+json')
  const layers = [addBlob(layout, Buffer.from('chart'), 'application/vnd.cncf.helm.chart.content.v1.tar+gzip')]
  return addBlob(layout, canonicalJSON({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }), OCI_MANIFEST)
}
