import type { Archive } from '../archive/archive.js'
import { assertClaim } from '../bytes/verify.js'
import { assertLayersAgree, isImage } from '../layer/check.js'
import { readImageConfig } from '../layer/imageConfig.js'
import { assertOneIsWhole } from '../layer/incomplete.js'
import { tableOf } from '../layer/nodeTable.js'
import { algorithmOf, parseDigest, shortDigest } from '../spec/digest.js'
import { attempt } from '../spec/errors.js'
import { isForeignLayer, layerCompression } from '../spec/mediaTypes.js'
import type { BlobSource } from '../store/blobs.js'
import { missingBlob, type Node, type Root } from '../store/graph.js'
import { blobPath } from '../store/layoutFiles.js'
import type { IndexCandidate } from './candidates.js'

interface Lookup {
  archive: Archive
  source: BlobSource
}

/**
 * Reads all that the entries reach, and checks that it is what is stated: digests and sizes of blobs, and the diffIDs of
 * layers.
 * @throws ImageError INTEGRITY, FORMAT for damaged compression
 */
export async function checkEntry({ entries, nodes }: IndexCandidate, lookup: Lookup): Promise<void> {
  const { incomplete } = tableOf(nodes)
  for (const entry of entries.slice(0, 1)) assertOneIsWhole(entry, nodes)
  for (const node of nodes) {
    if (node.kind === 'blob') await checkBlob(node.descriptor, lookup)
    if (node.kind !== 'manifest' || !isImage(node.document) || incomplete.has(node.descriptor.digest)) continue
    await checkImage(node, lookup)
  }
}

async function checkBlob(descriptor: Root, { archive, source }: Lookup): Promise<void> {
  const { digest, size, mediaType } = descriptor
  const member = await archive.find(blobPath(digest))
  if (member === undefined) {
    if (isForeignLayer(mediaType) || (await source.has(descriptor))) return
    throw missingBlob(descriptor)
  }
  await attempt(`check blob ${shortDigest(digest)}`, async () => {
    const isLayer = layerCompression(mediaType) !== undefined
    const found = isLayer ? await archive.layer(member) : await archive.sum(member, algorithmOf(digest))
    // A layer that passed was hashed before anything said by which algorithm it is named.
    if (algorithmOf(found.digest) === algorithmOf(digest)) assertClaim(found, { digest, size })
  })
}

async function checkImage(
  { descriptor, document }: Extract<Node, { kind: 'manifest' }>,
  { archive, source }: Lookup,
): Promise<void> {
  await attempt(`check image ${shortDigest(descriptor.digest)}`, async () => {
    const parsed = (await readImageConfig(document, source))?.config()
    if (parsed === undefined) return
    await assertLayersAgree(document, parsed, async ({ digest }) => {
      const member = await archive.find(blobPath(parseDigest(digest)))
      return member === undefined ? undefined : (await archive.layer(member)).diffID
    })
  })
}
