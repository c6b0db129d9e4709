import type { Archive } from '../../archive/archive.js'
import { archiveBlobs } from '../../archive/archiveBlobs.js'
import { type Bytes, single } from '../../bytes/bytes.js'
import type { Claim } from '../../hashing/verify.js'
import type { BlobSource } from '../../store/blobs.js'
import { blobPath } from '../../store/layout/layoutFiles.js'
import type { LayerFile, PresentedImage, PresentedLayer } from './present.js'

type Open = (start?: number) => Bytes

/** The blobs of an archive and of the images that only its manifest.json has. */
interface PresentedBlobs {
  blobs: BlobSource
  /** Layers' files that are not among the blobs, because another file has the digest that is stated for them. */
  besides: readonly LayerFile[]
}

/** Returns the layout in an archive, as if it listed these images, too. */
export async function presentedBlobs(archive: Archive, images: readonly PresentedImage[]): Promise<PresentedBlobs> {
  const documents = new Map<string, Open>()
  const layers = new Map<string, PresentedLayer>()
  const besides: LayerFile[] = []
  for (const { root, bytes, item, layers: own } of images) {
    documents.set(root.digest, inMemory(bytes))
    documents.set(item.config.digest, inMemory(item.config.bytes))
    for (const layer of own) {
      const known = layers.get(layer.descriptor.digest)
      const isUsed = known === undefined ? await isAlone(layer, archive) : known.file.member === layer.file.member
      if (isUsed) layers.set(layer.descriptor.digest, known ?? layer)
      else if (layer.isStated) besides.push(layer.file)
    }
  }
  const own = archiveBlobs(archive)
  const openOf = (digest: string) => documents.get(digest) ?? layers.get(digest)?.open
  const blobs = {
    ...own,
    has: async (claim: Claim) => openOf(claim.digest) !== undefined || (await own.has(claim)),
    open: (claim: Claim, start?: number) => openOf(claim.digest)?.(start) ?? own.open(claim, start),
  }
  return { blobs, besides }
}

/** True unless another file is the blob of the layer's digest. */
async function isAlone({ descriptor, file }: PresentedLayer, archive: Archive): Promise<boolean> {
  const blob = await archive.find(blobPath(descriptor.digest))
  return blob === undefined || blob === file.member
}

function inMemory(bytes: Buffer): Open {
  return (start = 0) => single(bytes.subarray(start))
}
