import { expect, test } from 'vitest'
import { Budget } from '../../src/spec/budget.js'
import type { Reader } from '../../src/store/blobs.js'
import { GraphWalks } from '../../src/store/walks.js'
import { addPlatforms, newLayout } from '../fixtures/archives.js'
import type { Layout } from '../fixtures/image.js'
import { MemoryLayout } from '../fixtures/memory.js'

test('entries of one content share what they reach, whatever else they say', async () => {
  const layout = newLayout()
  const { root, amd64 } = addPlatforms(layout)
  const walks = new GraphWalks(sourceOf(layout), new Budget())
  const nodes = await walks.nodesOf([root])
  expect(await walks.nodesOf([{ ...root, annotations: { a: 'b' } }, root])).toBe(nodes)
  expect(await walks.nodesOf([amd64])).not.toBe(nodes)
  expect(await walks.nodesOf([])).toEqual([])
})

test('entries that disagree in what their content is are refused as when they are walked alone', async () => {
  const layout = newLayout()
  const { root } = addPlatforms(layout)
  const walks = new GraphWalks(sourceOf(layout), new Budget())
  await walks.nodesOf([root])
  const wrong = { ...root, size: root.size + 1 }
  await expect(walks.nodesOf([root, wrong])).rejects.toMatchObject({ code: 'INTEGRITY' })
  await expect(walks.nodesOf([{ ...root, data: 'e30=' }])).rejects.toMatchObject({ code: 'INTEGRITY' })
})

test('all that several entries reach and the source has comes once, children before parents', async () => {
  const layout = newLayout()
  const { root, amd64, arm64 } = addPlatforms(layout)
  layout.blobs.delete(arm64.digest)
  const present = await new GraphWalks(sourceOf(layout)).presentBelow([root, amd64, { ...root, annotations: {} }])
  const digests: string[] = present.map(({ digest }) => digest)
  expect(new Set(digests).size).toBe(digests.length)
  expect(digests.at(-1)).toBe(root.digest)
  expect(digests).toContain(amd64.digest)
  expect(digests).not.toContain(arm64.digest)
})

test('a step that asks once more reads no document once more', async () => {
  const layout = newLayout()
  const { root } = addPlatforms(layout)
  const source = sourceOf(layout)
  let opened = 0
  const counting: Reader = {
    has: (claim) => source.has(claim),
    open: (claim, start) => {
      opened++
      return source.open(claim, start)
    },
  }
  const walks = new GraphWalks(counting)
  await walks.nodesOf([root])
  const first = opened
  expect(first).toBeGreaterThan(2)
  await walks.presentBelow([root])
  expect(opened).toBe(first)
})

function sourceOf({ blobs }: Layout): Reader {
  const source = new MemoryLayout()
  for (const [digest, bytes] of blobs) source.blobs.set(digest, bytes)
  return source
}
