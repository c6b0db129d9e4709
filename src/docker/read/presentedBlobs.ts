import type { Archive } from '../../archive/archive.js'
import { archiveBlobs } from '../../archive/archiveBlobs.js'
import { type Bytes, single } from '../../bytes/bytes.js'
import { diffIDName } from '../../layer/check.js'
import type { Claim } from '../../spec/claim.js'
import { shortDigest } from '../../spec/digest.js'
import type { KnownDocuments } from '../../spec/documents.js'
import type { BlobSource, Presentation } from '../../store/blobs.js'
import { blobPath, claimedDigest } from '../../store/layout/layoutNames.js'
import type { PresentedImage, PresentedLayer } from './present.js'

type Open = (start?: number) => Bytes

/** The archive, and digests of blobs that images of its index have. */
interface Beside {
  archive: Archive
  listed: ReadonlySet<string>
}

/** The blobs of an archive and of the images that only its manifest.json has. */
interface PresentedBlobs {
  blobs: BlobSource
  /** Layers whose files are not among the blobs, because another file has the digest that is stated for them. */
  besides: readonly PresentedLayer[]
}

/** Returns the layout in an archive, as if it listed these images, too. */
export async function presentedBlobs(images: readonly PresentedImage[], beside: Beside): Promise<PresentedBlobs> {
  const { archive } = beside
  const documents = documentsOf(images)
  const { layers, besides } = await layersOf(images, beside)
  const own = archiveBlobs(archive)
  const openOf = (digest: string) => documents.get(digest) ?? layers.get(digest)?.open
  const blobs: BlobSource = {
    ...own,
    documents: withoutHolding(documents, archive.context.documents),
    has: async (claim) => openOf(claim.digest) !== undefined || (await own.has(claim)),
    open: (claim: Claim, start?: number) => openOf(claim.digest)?.(start) ?? own.open(claim, start),
    presentation: (digest) => {
      const layer = layers.get(digest)
      if (layer !== undefined) return presentationOf(layer)
      return documents.has(digest) ? { name: shortDigest(digest), isClaimed: false } : undefined
    },
  }
  return { blobs, besides }
}

function documentsOf(images: readonly PresentedImage[]): Map<string, Open> {
  const documents = new Map<string, Open>()
  for (const { root, bytes, item } of images) {
    documents.set(root.digest, inMemory(bytes))
    documents.set(item.config.digest, inMemory(item.config.bytes))
  }
  return documents
}

function inMemory(bytes: Buffer): Open {
  return (start = 0) => single(bytes.subarray(start))
}

/** Returns the same documents, without holding those that are in memory anyway. */
function withoutHolding(present: ReadonlyMap<string, unknown>, documents: KnownDocuments): KnownDocuments {
  return {
    get: (digest) => documents.get(digest),
    keep: (document) => (present.has(document.digest) ? document : documents.keep(document)),
    pass: (document) => documents.pass(document),
  }
}

interface ChosenLayers {
  /** By digest. */
  layers: ReadonlyMap<string, PresentedLayer>
  besides: readonly PresentedLayer[]
}

/** Chooses a file for each digest. An image may name one file many times, and many images the same. */
async function layersOf(images: readonly PresentedImage[], { archive, listed }: Beside): Promise<ChosenLayers> {
  const distinct = new Set<PresentedLayer>()
  for (const { layers } of images) {
    await archive.context.breathe()
    for (const layer of layers) distinct.add(layer)
  }
  const chosen = new Map<string, PresentedLayer>()
  const besides: PresentedLayer[] = []
  for (const layer of distinct) {
    const { digest } = layer.descriptor
    const known = chosen.get(digest)
    const isOther =
      known === undefined ? await isBlobOther(layer, { archive, listed }) : known.file.member !== layer.file.member
    if (!isOther) chosen.set(digest, known ?? layer)
    else if (layer.isStated) besides.push(layer)
  }
  return { layers: chosen, besides }
}

/** True if another file is the blob of the layer's digest, and an image of the index has it. */
async function isBlobOther({ descriptor, file }: PresentedLayer, { archive, listed }: Beside): Promise<boolean> {
  if (!listed.has(descriptor.digest)) return false
  const blob = await archive.find(blobPath(descriptor.digest))
  return blob !== undefined && blob !== file.member
}

function presentationOf({ file, isStated }: PresentedLayer): Presentation {
  const isNamed = claimedDigest(file.member.path) !== undefined
  return { name: file.path, isClaimed: isStated, ...(isNamed ? {} : { what: diffIDName(file.at) }) }
}
