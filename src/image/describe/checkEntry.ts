import { assertLayersAgree, isImage } from '../../layer/check.js'
import { readImageConfig } from '../../layer/imageConfig.js'
import { assertOneIsWhole } from '../../layer/incomplete.js'
import { tableOf } from '../../layer/nodeTable.js'
import { assertClaim } from '../../spec/claim.js'
import { algorithmOf, parseDigest, shortDigest } from '../../spec/digest.js'
import { attempt } from '../../spec/errors.js'
import { isForeignLayer, layerCompression } from '../../spec/mediaTypes.js'
import { missingBlob } from '../../store/graph.js'
import { blobPath } from '../../store/layout/layoutNames.js'
import type { Node, Root } from '../../store/nodes.js'
import type { IndexedImage } from '../listed.js'
import type { Source } from '../source.js'
import type { Faults } from './faults.js'

interface Lookup {
  source: Source
  faults: Faults
}

/**
 * Reads everything that the entries reach, and checks it: digests and sizes of blobs, and diffIDs of layers.
 * @returns the faults, in words
 */
export async function checkEntry({ entries, nodes }: IndexedImage, lookup: Lookup): Promise<string[]> {
  const { faults } = lookup
  const { incomplete } = tableOf(nodes)
  const found: (string | undefined)[] = []
  for (const entry of entries.slice(0, 1)) {
    found.push(await faults.check(entry.digest, async () => assertOneIsWhole(entry, nodes)))
  }
  for (const node of nodes) {
    const { digest } = node.descriptor
    if (node.kind === 'blob') found.push(await faults.check(digest, () => checkBlob(node.descriptor, lookup)))
    if (node.kind !== 'manifest' || !isImage(node.document) || incomplete.has(digest)) continue
    found.push(await faults.check(digest, () => checkImage(node, lookup)))
  }
  return found.filter((one) => one !== undefined)
}

async function checkBlob(descriptor: Root, { source, faults }: Lookup): Promise<void> {
  const { archive, blobs, layers } = source
  const { digest, size, mediaType } = descriptor
  const member = await archive.find(blobPath(digest))
  if (member === undefined) {
    if (isForeignLayer(mediaType) || (await blobs.has(descriptor))) return
    throw missingBlob(descriptor)
  }
  await attempt(`check blob ${shortDigest(digest)}`, async () => {
    const isLayer = layerCompression(mediaType) !== undefined
    const found = isLayer ? await layers.layer(member) : await archive.sum(member, algorithmOf(digest))
    // A layer that passed in a stream was hashed before its name and so its algorithm were known.
    if (algorithmOf(found.digest) === algorithmOf(digest)) assertClaim(found, { digest, size })
    if (isLayer) faults.layers.add(digest)
  })
}

async function checkImage(
  { descriptor, document }: Extract<Node, { kind: 'manifest' }>,
  { source, faults }: Lookup,
): Promise<void> {
  const { archive, blobs, layers } = source
  await attempt(`check image ${shortDigest(descriptor.digest)}`, async () => {
    const parsed = (await readImageConfig(document, blobs))?.config()
    if (parsed === undefined) return
    await assertLayersAgree(document, parsed, async ({ digest }) => {
      const member = await archive.find(blobPath(parseDigest(digest)))
      return member === undefined ? undefined : (await layers.layer(member)).diffID
    })
    faults.images.add(descriptor.digest)
  })
}
