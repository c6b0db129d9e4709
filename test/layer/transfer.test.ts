import { describe, expect, test } from 'vitest'
import { contextOf } from '../../src/bytes/context.js'
import { type TransferOptions, transfer } from '../../src/layer/transfer.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { type Descriptor, parseManifest } from '../../src/spec/parse.js'
import type { Warning } from '../../src/spec/warnings.js'
import { addArtifact, addPlatforms, newLayout } from '../fixtures/archives.js'
import { addBlob, addImage, image, type Layout } from '../fixtures/image.js'
import { MemoryLayout, MemorySink } from '../fixtures/memory.js'

describe('a transfer', () => {
  test('with layers kept carries every byte that the roots reach, and nothing else', async () => {
    const layout = newLayout()
    const { root } = addPlatforms(layout)
    const wanted = new Map(layout.blobs)
    addImage(layout, image({ files: ['unwanted'] }))
    const { roots, sink } = await transferred(layout, [root])
    expect(roots).toEqual([root])
    expect(new Map([...sink.staged].sort())).toEqual(new Map([...wanted].sort()))
  })

  test('gives roots in their order, each with its own annotations', async () => {
    const layout = newLayout()
    const [a, b] = [addImage(layout, image()), addImage(layout, image({ files: ['b'] }))]
    const named = { ...a, annotations: { name: 'a' } }
    const { roots } = await transferred(layout, [b, named, b], { layers: 'uncompressed' })
    expect(roots.map(({ annotations }) => annotations)).toEqual([undefined, { name: 'a' }, undefined])
    expect(roots[0]?.digest).toBe(roots[2]?.digest)
    expect(roots[1]?.digest).not.toBe(a.digest)
  })

  test('changes layers and what is above them, and leaves the config', async () => {
    const layout = newLayout()
    const root = addImage(layout, image())
    const { roots, sink } = await transferred(layout, [root], { layers: 'uncompressed' })
    const now = parseManifest(sink.staged.get(roots[0]?.digest ?? '') ?? Buffer.alloc(0), 'manifest')
    const before = parseManifest(layout.blobs.get(root.digest) ?? Buffer.alloc(0), 'manifest')
    expect(now.config).toEqual(before.config)
    expect(now.layers.map(({ digest }) => sink.staged.get(digest))).toEqual(image().layers)
  })

  test('does not read again what the sink has', async () => {
    const layout = newLayout()
    const root = addImage(layout, image())
    const source = sourceOf(layout)
    const { sink } = await transferred(layout, [root])
    for (const digest of [...source.blobs.keys()]) if (digest !== root.digest) source.blobs.set(digest, Buffer.alloc(0))
    const work = { source, sink, context: contextOf({}), options: { layers: 'keep', jobs: 1 } as const }
    expect((await transfer([root], work)).roots).toEqual([root])
  })

  test('refuses layers that are not what the config says', async () => {
    const layout = newLayout()
    const [one, other] = [image({ files: ['one'] }), image({ files: ['other'] })]
    const root = addImage(layout, { ...one, layers: other.layers }, 'none')
    await expect(transferred(layout, [root])).rejects.toMatchObject({ code: 'INTEGRITY' })
    const compressed = addImage(layout, { ...one, layers: other.layers }, 'gzip')
    const recompressing = transferred(layout, [compressed], { layers: 'zstd' })
    await expect(recompressing).rejects.toMatchObject({ code: 'INTEGRITY' })
  })

  test('refuses a layer that is missing, but for a foreign one', async () => {
    const layout = newLayout()
    const root = addImage(layout, image())
    layout.blobs.delete([...layout.blobs.keys()][1] ?? '')
    await expect(transferred(layout, [root])).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const { foreign, digest } = foreignImage()
    const { roots, sink } = await transferred(foreign, [{ ...digest }])
    expect(roots).toEqual([digest])
    expect(sink.staged.size).toBe(2)
  })

  test('what is about an image that changes follows it, which is told, and so does what is about that', async () => {
    const layout = newLayout()
    const about = addImage(layout, image())
    const signature = addArtifact(layout, about)
    const signed = addArtifact(layout, signature)
    const { roots, now, warnings, sink } = await transferred(layout, [signed, signature, about], { layers: 'zstd' })
    expect(roots.map(({ digest }) => digest)).toEqual(
      [signed, signature, about].map((one) => now.get(one.digest)?.digest),
    )
    const subjects = roots.map(({ digest }) => parseManifest(sink.staged.get(digest) ?? Buffer.alloc(0), '').subject)
    expect(subjects).toEqual([...roots.slice(1).map((root) => expect.objectContaining(root)), undefined])
    expect(warnings.map(({ code, where }) => [code, where]).sort()).toEqual(
      [signed, signature].map(({ digest }) => ['ORPHANED_SUBJECT', digest]).sort(),
    )
  })
})

async function transferred(layout: Layout, roots: Descriptor[], options: Partial<TransferOptions> = {}) {
  const sink = new MemorySink()
  const warnings: Warning[] = []
  const context = contextOf({ onWarning: (warning) => warnings.push(warning), jobs: 2 })
  const work = { source: sourceOf(layout), sink, context, options: { layers: 'keep', jobs: 2, ...options } as const }
  return { ...(await transfer(roots, work)), sink, warnings }
}

function sourceOf({ blobs }: Layout): MemoryLayout {
  const layout = new MemoryLayout()
  for (const [digest, bytes] of blobs) layout.blobs.set(digest, bytes)
  return layout
}

/** A Windows image whose base layer stays where its URL says. */
function foreignImage() {
  const foreign = newLayout()
  const [layer = Buffer.alloc(0)] = image().layers
  const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'
  const descriptor = { ...addBlob(foreign, layer, mediaType), urls: ['https://example.com/layer'] }
  foreign.blobs.delete(descriptor.digest)
  const config = addBlob(foreign, image({ files: ['one'] }).config, OCI_CONFIG)
  const document = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [descriptor] }
  return { foreign, digest: addBlob(foreign, canonicalJSON(document), OCI_MANIFEST) }
}
