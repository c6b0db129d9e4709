import { expect, test } from 'vitest'
import { narrow } from '../../src/image/platforms.js'
import { configPlatform } from '../../src/layer/configPlatform.js'
import { parseManifest } from '../../src/spec/parse.js'
import { parsePlatform } from '../../src/spec/platform.js'
import { addPlatforms, attesting, NAME, newLayout } from '../fixtures/archives.js'
import { withCandidates } from '../fixtures/candidates.js'
import { addImage, addIndex, dockerArchive, image, layoutEntries, nameAnnotations } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

const layout = newLayout()
const { root, amd64, arm64 } = addPlatforms(layout)
const archive = tar(layoutEntries({ ...layout, manifests: [root] }))

test('no platform wanted is all of them', async () => {
  expect(await narrowed(archive)).toEqual({ entries: [root.digest], unwanted: [] })
})

test('one platform is its manifest', async () => {
  expect(await narrowed(archive, 'linux/amd64')).toEqual({ entries: [amd64.digest], unwanted: [] })
  expect(await narrowed(archive, 'linux/aarch64')).toEqual({ entries: [arm64.digest], unwanted: [] })
})

test('several are the index, and the rest of it is not wanted', async () => {
  expect(await narrowed(archive, 'linux/amd64', 'linux/arm64')).toEqual({ entries: [root.digest], unwanted: [] })
  const three = { ...layout, blobs: new Map(layout.blobs) }
  const made = image({ files: ['s390x'], config: { architecture: 's390x' } })
  const s390x = { ...addImage(three, made), platform: { architecture: 's390x', os: 'linux' } }
  const index = addIndex(three, [amd64, arm64, s390x])
  const bytes = tar(layoutEntries({ ...three, manifests: [index] }))
  const { entries, unwanted } = await narrowed(bytes, 'linux/arm64', 'linux/s390x')
  expect({ entries, unwanted }).toEqual({ entries: [index.digest], unwanted: [amd64.digest] })
})

test('what refers to an image goes with it, but an image does not', async () => {
  const own = { ...layout, blobs: new Map(layout.blobs) }
  const [, , attestation] = JSON.parse(layout.blobs.get(root.digest)?.toString() ?? '').manifests
  const made = image({ files: ['s390x'], config: { architecture: 's390x' } })
  const s390x = { ...addImage(own, made), platform: { architecture: 's390x', os: 'linux' } }
  const index = addIndex(own, [amd64, attesting(arm64, amd64.digest), s390x, attestation])
  const bytes = tar(layoutEntries({ ...own, manifests: [index] }))
  expect((await narrowed(bytes, 'linux/amd64', 'linux/s390x')).unwanted).toEqual([arm64.digest])
  const others = (await narrowed(bytes, 'linux/arm64', 'linux/s390x')).unwanted
  expect(others).toEqual([amd64.digest, attestation.digest])
})

test('every platform that is wanted of an index has to be in it', async () => {
  await expect(narrowed(archive, 'linux/arm64', 'linux/s390x')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('an index within an index is looked into', async () => {
  const outer = { ...layout, blobs: new Map(layout.blobs) }
  const nested = addIndex(outer, [root])
  const bytes = tar(layoutEntries({ ...outer, manifests: [nested] }))
  expect(await narrowed(bytes, 'linux/amd64')).toEqual({ entries: [amd64.digest], unwanted: [] })
})

test('an image of another platform is refused with the one it has', async () => {
  await expect(narrowed(archive, 'linux/riscv64')).rejects.toMatchObject({ found: 'linux/amd64, linux/arm64/v8' })
  const without = image({ config: { architecture: undefined, os: undefined } })
  await expect(narrowed(dockerArchive(without), 'linux/amd64')).rejects.toMatchObject({ found: 'unknown' })
})

test('an index none of whose images is there has no platform, and is refused with those that it lists', async () => {
  const sparse = { ...layout, blobs: new Map(layout.blobs), manifests: [root] }
  for (const { digest } of [amd64, arm64]) sparse.blobs.delete(digest)
  await expect(narrowed(tar(layoutEntries(sparse)), 'linux/amd64')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    found: 'linux/amd64 (not in the source), linux/arm64/v8 (not in the source)',
  })
})

test('a flat index without the platform is refused with all that it has of the name', async () => {
  const flat = newLayout()
  for (const architecture of ['amd64', 'arm64']) {
    const entry = addImage(flat, image({ config: { architecture } }))
    flat.manifests.push({ ...entry, platform: { architecture, os: 'linux' }, annotations: nameAnnotations(NAME) })
  }
  const found = 'linux/amd64, linux/arm64'
  await expect(narrowed(tar(layoutEntries(flat)), 'linux/s390x')).rejects.toMatchObject({ code: 'NOT_FOUND', found })
})

test('the platform of a manifest is that of its config', async () => {
  await withCandidates(archive, async (_, source) => {
    const manifest = parseManifest(layout.blobs.get(arm64.digest) ?? Buffer.alloc(0), 'manifest')
    expect(await configPlatform(manifest, source)).toEqual({ os: 'linux', architecture: 'arm64', variant: 'v8' })
  })
})

function narrowed(bytes: Buffer, ...wanted: string[]) {
  return withCandidates(bytes, async (all, source) => {
    const { images, unwanted } = await narrow(all, wanted.map(parsePlatform), source)
    const entries = images.flatMap((one) => (one.kind === 'index' ? one.entries.map(({ digest }) => digest) : []))
    return { entries, unwanted: [...unwanted] }
  })
}
