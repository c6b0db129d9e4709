import { describe, expect, test } from 'vitest'
import { inspect } from '../../../src/commands/inspect.js'
import { ARCHIVE_FORMATS } from '../../../src/spec/archiveFormat.js'
import { addPlatforms, NAME, newLayout } from '../../fixtures/archives.js'
import { temporaryFile } from '../../fixtures/directory.js'
import { exported, jsonIn } from '../../fixtures/exporting.js'
import { addIndex, type Layout, layoutEntries, nameAnnotations } from '../../fixtures/image.js'
import { converted, DOORS } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

interface Part {
  config?: true
  layers?: number[]
}

/** A layout of two platforms, of which arm64 lacks some parts. */
function partial({ config, layers = [] }: Part) {
  const layout = newLayout()
  const { root, amd64, arm64 } = addPlatforms(layout)
  const manifest = JSON.parse(layout.blobs.get(arm64.digest)?.toString() ?? '{}')
  if (config === true) layout.blobs.delete(manifest.config.digest)
  for (const at of layers) layout.blobs.delete(manifest.layers[at].digest)
  layout.manifests.push({ ...root, annotations: nameAnnotations(NAME) })
  return { layout, amd64, arm64, config: manifest.config.digest as string }
}

const archiveOf = (layout: Layout) => tar(layoutEntries(layout))

const PARTS: [what: string, part: Part][] = [
  ['its config and layer 0', { config: true, layers: [0] }],
  ['its config', { config: true }],
  ['layer 0', { layers: [0] }],
]

describe.each(PARTS)('an index one of whose platforms lacks %s', (what, part) => {
  const { layout, arm64 } = partial(part)
  const archive = archiveOf(layout)
  const warnings = [{ code: 'SPARSE_INDEX', where: arm64.digest, message: expect.stringContaining(`lacks ${what};`) }]

  test.each(Object.entries(DOORS))('is copied as it is, and that is told once: %s', async (_, open) => {
    const result = await converted((await open(archive)) as string)
    expect(result.index.manifests).toEqual(layout.manifests)
    expect(result.warnings).toMatchObject(warnings)
    expect(result.warnings[0]?.message).toContain('linux/arm64/v8')
    const blobs = Object.keys(result.files).filter((path) => path.startsWith('blobs/'))
    expect(blobs.sort()).toEqual([...layout.blobs.keys()].map((digest) => `blobs/${digest.replace(':', '/')}`).sort())
  })

  test.each(ARCHIVE_FORMATS)('gives an archive that can be read again: %s', async (format) => {
    const once = await exported(archive, { format })
    expect(once.warnings.filter(({ code }) => code !== 'LEFT_OUT')).toMatchObject(warnings)
    if (format !== 'oci') expect(jsonIn(once, 'manifest.json')).toMatchObject([{ RepoTags: ['app:v1'] }])
    const again = await exported(once.bytes, { format })
    expect(again.bytes.equals(once.bytes)).toBe(true)
  })

  test('is listed by inspect with the content that it lacks', async () => {
    const { images } = await inspect(await temporaryFile(archive))
    const problems = images[0]?.manifests.map(({ problem }) => problem)
    expect(problems).toEqual([null, `incomplete: the source lacks ${what}`, null])
    expect((await inspect(await temporaryFile(archive), { full: true })).images).toHaveLength(1)
  })

  test('gives the platform that is whole, and not the other', async () => {
    // The attestation stays with its index.
    expect((await converted(archive, { platforms: ['linux/amd64'] })).warnings).toMatchObject([{ code: 'LEFT_OUT' }])
    for (const platforms of [['linux/arm64'], ['linux/amd64', 'linux/arm64']]) {
      await expect(converted(archive, { platforms })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        found: 'linux/amd64, linux/arm64/v8 (incomplete in the source)',
      })
    }
  })

  test('does not give the other by its digest', async () => {
    await expect(converted(archive, { images: [arm64.digest] })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('is refused under --strict', async () => {
    await expect(converted(archive, { strict: true })).rejects.toMatchObject({ code: 'FORMAT' })
  })
})

test('an index none of whose images is whole is refused, and listed', async () => {
  const { layout, arm64 } = partial({ layers: [0] })
  layout.manifests = [{ ...addIndex(layout, [arm64]), annotations: nameAnnotations(NAME) }]
  const archive = archiveOf(layout)
  await expect(converted(archive)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringMatching(/no image of the index is whole: the source lacks layer 0/),
  })
  expect((await inspect(await temporaryFile(archive))).images).toMatchObject([{ names: ['app:v1'] }])
  const { images, verified } = await inspect(await temporaryFile(archive), { full: true })
  expect(images[0]?.problem).toContain('no image of the index is whole')
  expect(verified?.faults).toBe(1)
})

test('an incomplete platform that has a name of its own is refused', async () => {
  const { layout, arm64 } = partial({ config: true })
  layout.manifests.push({ ...arm64, annotations: nameAnnotations('docker.io/library/app:arm') })
  await expect(converted(archiveOf(layout))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  layout.manifests.reverse()
  await expect(converted(archiveOf(layout))).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('layers of the whole platform are compressed anew, and the other stays', async () => {
  const { layout, arm64 } = partial({ config: true, layers: [0] })
  const { index, files } = await converted(archiveOf(layout), { layers: 'uncompressed' })
  const root = JSON.parse(files[`blobs/${index.manifests?.[0]?.digest.replace(':', '/')}`] ?? '{}')
  expect(root.manifests[0].digest).not.toBe(layout.manifests[0]?.digest)
  expect(root.manifests[1]).toEqual(arm64)
})

test('what the layout has from before makes a platform whole again', async () => {
  const { layout } = partial({})
  const before = await converted(archiveOf(layout))
  const { warnings } = await converted(archiveOf(partial({ config: true, layers: [0] }).layout), {}, before.path)
  expect(warnings).toEqual([])
})
