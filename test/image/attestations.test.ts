import { expect, test } from 'vitest'
import { attestedBy, warnOfFalseAttestations } from '../../src/image/attestations.js'
import { type IndexedImage, pointed, type Selected } from '../../src/image/listed.js'
import type { Descriptor } from '../../src/spec/parse.js'
import type { Warning } from '../../src/spec/warnings.js'
import { walkGraph } from '../../src/store/graph.js'
import { addAttestation, attesting } from '../fixtures/archives.js'
import { addImage, addIndex, image } from '../fixtures/image.js'
import { MemoryLayout } from '../fixtures/memory.js'

const source = new MemoryLayout()
const layout = { blobs: source.blobs, manifests: [] }
const one = addImage(layout, image())
const other = addImage(layout, image({ files: ['other'] }))
const attestation = addAttestation(layout)

test('a candidate attests what each of its entries says that it attests', async () => {
  const [a, b] = [attesting(attestation, one.digest), attesting(attestation, other.digest)]
  expect(attestedBy(await candidateOf(a, b))).toEqual([one.digest, other.digest])
  expect(attestedBy(await candidateOf(a, attestation))).toBeUndefined()
  expect(attestedBy(await candidateOf(attesting(one, other.digest)))).toBeUndefined()
})

test('false attestations are told of once each, over all candidates', async () => {
  const root = addIndex(layout, [one, attesting(other, one.digest), attesting(attestation, one.digest)])
  const candidates = [await candidateOf(root), await candidateOf(attesting(other, one.digest)), await candidateOf(root)]
  expect(warningsOf(candidates)).toMatchObject([{ code: 'FALSE_ATTESTATION', where: other.digest }])
})

test('of a child that was selected counts what its index says of it, and not of others', async () => {
  const root = addIndex(layout, [one, attesting(other, one.digest)])
  const named = await candidateOf({ ...root, annotations: { name: 'app' } })
  const children = named.nodes.flatMap((node) => (node.kind === 'index' ? node.children : []))
  const told = children.map((child) => warningsOf([pointed(named, child)]).map(({ where }) => where))
  expect(told).toEqual([[], [other.digest]])
})

async function candidateOf(...entries: Descriptor[]): Promise<IndexedImage> {
  return { kind: 'index', entries, nodes: await walkGraph(source, entries), unchecked: [] }
}

function warningsOf(candidates: Selected[]): Warning[] {
  const warnings: Warning[] = []
  warnOfFalseAttestations(candidates, (warning) => warnings.push(warning))
  return warnings
}
