import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { inspect } from '../../../src/commands/inspect.js'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'
import { OCI_INDEX } from '../../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../../src/spec/parse.js'
import { addArtifact, addPlatforms, NAME, newLayout } from '../../fixtures/archives.js'
import { temporaryDirectory } from '../../fixtures/directory.js'
import {
  addBlob,
  addImage,
  addIndex,
  image,
  type Layout,
  layoutEntries,
  nameAnnotations,
} from '../../fixtures/image.js'
import { blobOf, converted, DOORS, unpacked } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

const REF = 'org.opencontainers.image.ref.name'
const OTHER = 'docker.io/library/other:v2'

/** A layout of two images, each with a signature, and a signature of the first of these. */
function signedLayout() {
  const layout = newLayout()
  const [app, other] = [addImage(layout, image()), addImage(layout, image({ files: ['other'] }))]
  const [signature, foreign] = [addArtifact(layout, app), addArtifact(layout, other)]
  const countersigned = addArtifact(layout, signature)
  layout.manifests.push(
    countersigned,
    { ...app, annotations: nameAnnotations(NAME) },
    { ...other, annotations: nameAnnotations(OTHER) },
    foreign,
    signature,
  )
  return { layout, app, other, signature, foreign, countersigned }
}

describe('what is about an image', () => {
  test.each(Object.entries(DOORS))('goes with it, and what is about that, in their order, by %s', async (_, door) => {
    const { layout, app, signature, countersigned } = signedLayout()
    const to = join(await temporaryDirectory(), 'layout')
    const { warnings } = await convert(await door(tar(layoutEntries(layout))), to, { images: ['app:v1'] })
    expect(digests((await converted(to)).index)).toEqual([countersigned.digest, app.digest, signature.digest])
    expect(warnings).toEqual([])
  })

  test('stays where it lists that itself, or lists what is about it', async () => {
    const layout = newLayout()
    const [one, other] = [addImage(layout, image()), addImage(layout, image({ files: ['other'] }))]
    const [{ digest: a }, { digest: b }] = [one, other]
    const itself = addIndex(layout, [one], one)
    const [first, second] = [addIndex(layout, [one]), addIndex(layout, [other])]
    const tagged = [first, second].map((entry, at) => {
      return { ...entry, annotations: { [REF]: [b, a][at]?.replace(':', '-') ?? '' } }
    })
    for (const manifests of [[itself], tagged]) {
      const { index, warnings } = await converted(tar(layoutEntries({ ...layout, manifests })))
      expect(index.manifests).toEqual(manifests)
      expect(warnings.map(({ code }) => code)).toEqual(['UNREACHED'])
    }
  })

  test('goes with it where that is listed by what is about an image', async () => {
    const layout = newLayout()
    const app = addImage(layout, image())
    const signature = addArtifact(layout, app)
    const referrers = { ...addIndex(layout, [signature]), annotations: { [REF]: app.digest.replace(':', '-') } }
    const countersigned = addArtifact(layout, signature)
    layout.manifests.push({ ...app, annotations: nameAnnotations(NAME) }, referrers, countersigned)
    const { index } = await converted(tar(layoutEntries(layout)), { images: ['app:v1'] })
    expect(index.manifests).toEqual(layout.manifests)
  })

  test('stays behind where it is not wanted', async () => {
    const { layout, app, other } = signedLayout()
    const { index, warnings } = await converted(tar(layoutEntries(layout)), { stripReferrers: true })
    expect(digests(index)).toEqual([app.digest, other.digest])
    expect(warnings).toEqual([])
  })

  test('is no index of images, whatever that says of itself', async () => {
    const layout = newLayout()
    const [one, other] = [addImage(layout, image()), addImage(layout, image({ files: ['other'] }))]
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [one], subject: other }
    const root = addBlob(layout, canonicalJSON(index), OCI_INDEX)
    layout.manifests.push({ ...root, annotations: { [REF]: other.digest.replace(':', '-') } }, other)
    const { index: left } = await converted(tar(layoutEntries(layout)), { stripReferrers: true })
    expect(digests(left)).toEqual([root.digest, other.digest])
  })

  test('is in the index of an archive for docker, and keeps its name where the image gets another', async () => {
    const { layout } = signedLayout()
    const archive = join(await temporaryDirectory(), 'out.tar')
    await convert(await unpacked(tar(layoutEntries(layout))), archive, { images: ['app:v1'], tags: ['new:1'] })
    const { images } = await inspect(archive)
    expect(images.map(({ kind, names }) => [kind, names])).toEqual([
      ['artifact', []],
      ['image', ['new:1']],
      ['artifact', []],
    ])
  })

  test('follows the image where its layers change, by subject, by annotation and by tag', async () => {
    const layout = newLayout()
    const app = addImage(layout, image())
    const claims = { 'io.containerd.manifest.subject': app.digest }
    const tag = app.digest.replace(':', '-')
    layout.manifests.push({ ...app, annotations: nameAnnotations(NAME) })
    layout.manifests.push({ ...addArtifact(layout, undefined, 'annotated'), annotations: claims })
    layout.manifests.push({ ...addArtifact(layout, undefined, 'tagged'), annotations: { [REF]: `${tag}.sig` } })
    const { index } = await converted(tar(layoutEntries(layout)), { images: ['app:v1'], layers: 'zstd' })
    const [now, annotated, tagged] = index.manifests ?? []
    expect(now?.digest).not.toBe(app.digest)
    expect(annotated?.annotations).toEqual({ 'io.containerd.manifest.subject': now?.digest })
    expect(tagged?.annotations).toEqual({ [REF]: `${now?.digest.replace(':', '-')}.sig` })
  })
})

test.each(['before', 'behind'])('follows the image also from an index that does not list it: %s', async (order) => {
  const layout = newLayout()
  const app = addImage(layout, image())
  const claim = { 'io.containerd.manifest.subject': app.digest }
  const signatures = addIndex(layout, [{ ...addArtifact(layout), annotations: claim }])
  const manifests = order === 'before' ? [app, signatures] : [signatures, app]
  const { index, files } = await converted(tar(layoutEntries({ ...layout, manifests })), { layers: 'zstd' })
  const now = order === 'before' ? index.manifests : index.manifests?.toReversed()
  expect(now?.[0]?.digest).not.toBe(app.digest)
  const [listed] = JSON.parse(blobOf(files, now?.[1]?.digest ?? '').toString()).manifests
  expect(listed.annotations).toEqual({ 'io.containerd.manifest.subject': now?.[0]?.digest })
})

describe('one platform of several', () => {
  test('takes along what is about it, and tells what is about the others and the index', async () => {
    const layout = newLayout()
    const { root, amd64, arm64 } = addPlatforms(layout)
    const [wanted, unwanted, whole] = [amd64, arm64, root].map((about, at) => addArtifact(layout, about, `${at}`))
    layout.manifests.push({ ...root, annotations: nameAnnotations(NAME) })
    for (const one of [wanted, unwanted, whole]) if (one !== undefined) layout.manifests.push(one)
    const { index, warnings } = await converted(tar(layoutEntries(layout)), { platforms: ['linux/amd64'] })
    expect(digests(index)).toEqual([amd64.digest, wanted?.digest])
    const left = warnings.filter(({ code }) => code === 'LEFT_OUT').map(({ where }) => where)
    expect(left).toEqual(expect.arrayContaining([unwanted?.digest, whole?.digest]))
    // And the attestation of the index.
    expect(left).toHaveLength(3)
  })

  test('takes along an attestation that stands beside it, and tells of one that stands beside another', async () => {
    const layout = newLayout()
    const { root, amd64, arm64 } = addPlatforms(layout)
    const [, , attestation] = JSON.parse(layout.blobs.get(root.digest)?.toString() ?? '').manifests
    layout.manifests.push(...[amd64, arm64].map((one) => ({ ...one, annotations: nameAnnotations(NAME) })), attestation)
    const bytes = tar(layoutEntries(layout))
    const { index } = await converted(bytes, { platforms: ['linux/amd64'] })
    expect(digests(index)).toEqual([amd64.digest, attestation.digest])
    const other = await converted(bytes, { platforms: ['linux/arm64'] })
    expect(digests(other.index)).toEqual([arm64.digest])
    // The index that the three come from is named by nothing.
    expect(other.warnings).toMatchObject([{ code: 'UNREACHED' }, { code: 'LEFT_OUT', where: attestation.digest }])
  })

  test('takes along what is about it under its name, also where its index lists that', async () => {
    const layout = newLayout()
    const { amd64, arm64 } = addPlatforms(layout)
    const signature = addArtifact(layout, amd64)
    const named = { ...signature, annotations: nameAnnotations(OTHER) }
    layout.manifests.push(addIndex(layout, [amd64, arm64, signature]), named)
    const { index } = await converted(tar(layoutEntries(layout)), { platforms: ['linux/amd64'] })
    expect(index.manifests).toContainEqual(named)
  })

  test('takes along what its index lists about it', async () => {
    const layout = newLayout()
    const { amd64, arm64 } = addPlatforms(layout)
    const [wanted, unwanted] = [addArtifact(layout, amd64, 'a'), addArtifact(layout, arm64, 'b')]
    layout.manifests.push({ ...addIndex(layout, [wanted, amd64, unwanted, arm64]), annotations: nameAnnotations(NAME) })
    const { index } = await converted(tar(layoutEntries(layout)), { platforms: ['linux/amd64'] })
    expect(digests(index)).toEqual([amd64.digest, wanted.digest])
  })

  test('keeps artifacts that are about nothing where several are taken', async () => {
    const layout = newLayout()
    const { amd64, arm64 } = addPlatforms(layout)
    const s390x = image({ files: ['s'], config: { architecture: 's390x' } })
    const third = { ...addImage(layout, s390x), platform: { architecture: 's390x', os: 'linux' } }
    const [alone, about] = [addArtifact(layout, undefined, 'alone'), addArtifact(layout, amd64, 'about')]
    layout.manifests.push({ ...addIndex(layout, [amd64, arm64, third, alone, about, addArtifact(layout, about)]) })
    const { files } = await converted(tar(layoutEntries(layout)), { platforms: ['linux/amd64', 'linux/arm64'] })
    const there = ({ digest }: Descriptor) => Object.hasOwn(files, `blobs/${digest.replace(':', '/')}`)
    expect([amd64, arm64, alone, about, third].map(there)).toEqual([true, true, true, true, false])
  })
})

describe('an artifact', () => {
  /** An image, and under the same name what is about it. */
  function haul(kind: string): Layout {
    const layout = newLayout()
    layout.manifests.push({ ...addImage(layout, image()), annotations: nameAnnotations(NAME) })
    const annotations = { ...nameAnnotations(NAME), kind }
    layout.manifests.push({ ...addArtifact(layout, undefined, kind), annotations })
    return layout
  }

  test.each(['layout', 'out.tar'])('competes with no image for its name: %s', async (name) => {
    const source = await unpacked(tar(layoutEntries(haul('signature'))))
    const to = join(await temporaryDirectory(), name)
    await convert(source, to)
    expect((await inspect(to)).images.map(({ kind, names }) => [kind, names])).toEqual([
      ['image', ['app:v1']],
      ['artifact', ['app:v1']],
    ])
  })

  test('leaves the image of its name in a layout, and the other way round', async () => {
    const layout = haul('signature')
    const [app, signature] = layout.manifests
    const { path } = await converted(tar(layoutEntries({ ...layout, manifests: [app as Descriptor] })))
    await converted(tar(layoutEntries({ ...layout, manifests: [signature as Descriptor] })), {}, path)
    const { index, warnings } = await converted(
      tar(layoutEntries({ ...layout, manifests: [app as Descriptor] })),
      {},
      path,
    )
    expect(index.manifests).toEqual(layout.manifests)
    // The signature is among the blobs.
    expect(warnings.map(({ code }) => code)).toEqual(['UNREACHED'])
  })
})

function digests({ manifests }: { manifests?: Descriptor[] | null | undefined }): string[] {
  return (manifests ?? []).map(({ digest }) => digest)
}
