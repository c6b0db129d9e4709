import { describe, expect, test } from 'vitest'
import { digestOf } from '../../src/spec/digest.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_INDEX, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { readDocument, readNode, walkGraph } from '../../src/store/graph.js'
import { addPlatforms, newLayout } from '../fixtures/archives.js'
import { addBlob, addImage, addIndex, image, type Layout } from '../fixtures/image.js'
import { MemoryLayout } from '../fixtures/memory.js'

describe('the walk', () => {
  test('meets everything once, children before what names them', async () => {
    const layout = newLayout()
    const { root } = addPlatforms(layout)
    const nodes = await walkGraph(source(layout), [root, root])
    const order = nodes.map(({ descriptor }) => descriptor.digest)
    expect(new Set(order).size).toBe(order.length)
    expect([...order].sort()).toEqual([...layout.blobs.keys()].sort())
    for (const node of nodes) {
      for (const child of 'children' in node ? node.children : []) {
        expect(order.indexOf(child.digest)).toBeLessThan(order.indexOf(node.descriptor.digest))
      }
    }
  })

  test('notes what of an index is absent or left out, and goes no further there', async () => {
    const layout = newLayout()
    const { root, amd64, arm64 } = addPlatforms(layout)
    layout.blobs.delete(amd64.digest)
    const nodes = await walkGraph(source(layout), [root], ({ digest }) => digest === arm64.digest)
    const kinds = new Map(nodes.map(({ kind, descriptor }) => [descriptor.digest as string, kind]))
    expect([kinds.get(amd64.digest), kinds.get(arm64.digest)]).toEqual(['absent', 'left out'])
    expect(nodes.filter(({ kind }) => kind === 'blob')).toHaveLength(2)
  })

  test('goes on where what an index leaves out is a root too, before it or after', async () => {
    const layout = newLayout()
    const { root, arm64 } = addPlatforms(layout)
    for (const roots of [
      [root, arm64],
      [arm64, root],
    ]) {
      const nodes = await walkGraph(source(layout), roots, ({ digest }) => digest === arm64.digest)
      const order = nodes.map(({ descriptor }) => descriptor.digest as string)
      expect([...order].sort()).toEqual([...layout.blobs.keys()].sort())
      const walked = nodes.find(({ descriptor }) => descriptor.digest === arm64.digest)
      const children = walked !== undefined && 'children' in walked ? walked.children : []
      expect(walked?.kind).toBe('manifest')
      for (const { digest } of children) expect(order.indexOf(digest)).toBeLessThan(order.indexOf(arm64.digest))
    }
  })

  test('reads no blob that is no document', async () => {
    const layout = newLayout()
    const root = addImage(layout, image())
    const opened: string[] = []
    const from = source(layout)
    const watched = {
      has: (claim: Parameters<typeof from.has>[0]) => from.has(claim),
      open: (claim: Parameters<typeof from.open>[0]) => {
        opened.push(claim.digest)
        return from.open(claim)
      },
    }
    await walkGraph(watched, [root])
    expect(opened).toEqual([root.digest])
  })

  test('refuses indexes that lie within each other too deep', async () => {
    const layout = newLayout()
    let root = addImage(layout, image())
    for (let depth = 0; depth < 9; depth++) root = addIndex(layout, [root])
    await expect(walkGraph(source(layout), [root])).rejects.toMatchObject({ code: 'UNSAFE' })
  })

  test('takes an index that lists null for an empty one', async () => {
    const layout = newLayout()
    const root = addBlob(layout, canonicalJSON({ schemaVersion: 2, manifests: null }), OCI_INDEX)
    expect(await walkGraph(source(layout), [root])).toMatchObject([{ kind: 'index', children: [] }])
  })

  test('refuses digests that cannot be a file name', async () => {
    const root = { mediaType: OCI_MANIFEST, digest: `sha256:../../${'a'.repeat(58)}`, size: 1 }
    await expect(walkGraph(source(newLayout()), [root])).rejects.toMatchObject({ code: 'UNSAFE' })
  })
})

describe('a document', () => {
  test('is refused if its digest is another', async () => {
    const layout = newLayout()
    const root = addImage(layout, image())
    layout.blobs.set(root.digest, Buffer.alloc(root.size, ' '))
    await expect(readNode(source(layout), root)).rejects.toMatchObject({
      code: 'INTEGRITY',
      expected: root.digest,
      found: digestOf(Buffer.alloc(root.size, ' ')),
    })
  })

  test('has to be of the kind that its descriptor says', async () => {
    const layout = newLayout()
    const root = { ...addImage(layout, image()), mediaType: OCI_INDEX }
    await expect(readNode(source(layout), root)).rejects.toMatchObject({ name: 'ImageError' })
    const other = 'application/vnd.docker.distribution.manifest.v2+json'
    expect(await readNode(source(layout), { ...root, mediaType: other })).toMatchObject({
      kind: 'manifest',
      descriptor: { mediaType: other },
      document: { mediaType: OCI_MANIFEST },
    })
  })

  test('has a limit, told before it is read', async () => {
    const sized = (size: number) => ({ mediaType: OCI_MANIFEST, digest: digestOf(Buffer.alloc(0)), size })
    const refused = { code: 'UNSUPPORTED' }
    const reader = source(newLayout())
    await expect(readNode(reader, sized(4 * 1024 * 1024 + 1))).rejects.toMatchObject(refused)
    await expect(readDocument(reader, sized(64 * 1024 * 1024 + 1))).rejects.toMatchObject(refused)
  })
})

function source({ blobs }: Layout): MemoryLayout {
  const layout = new MemoryLayout()
  for (const [digest, bytes] of blobs) layout.blobs.set(digest, bytes)
  return layout
}
