import { expect, test } from 'vitest'
import { tableOf } from '../../src/layer/nodeTable.js'
import type { Reader } from '../../src/store/blobs.js'
import type { Node } from '../../src/store/nodes.js'
import { GraphWalks } from '../../src/store/walks.js'
import { addPlatforms, newLayout } from '../fixtures/archives.js'
import type { Layout } from '../fixtures/image.js'
import { MemoryLayout } from '../fixtures/memory.js'

test('nodes are found by digest, and manifests by their config; the table is made once', async () => {
  const layout = newLayout()
  const { root, amd64 } = addPlatforms(layout)
  const nodes: readonly Node[] = await new GraphWalks(sourceOf(layout)).nodesOf([root])
  const { byDigest, byConfig } = tableOf(nodes)
  expect(byDigest.size).toBe(nodes.length)
  const found = byDigest.get(amd64.digest)
  expect(found?.kind === 'manifest' && byConfig.get(found.document.config.digest)).toBe(found)
  expect(tableOf(nodes).byDigest).toBe(byDigest)
})

function sourceOf({ blobs }: Layout): Reader {
  const source = new MemoryLayout()
  for (const [digest, bytes] of blobs) source.blobs.set(digest, bytes)
  return source
}
