import { carriable, storeLayers } from '../docker/read/carriable.js'
import { checkLayers } from '../docker/read/checkLayers.js'
import type { NewDocuments } from '../layer/edit.js'
import type { Layer } from '../layer/layer.js'
import { type TransferOptions, transfer } from '../layer/transfer.js'
import type { Descriptor } from '../spec/parse.js'
import type { IndexedImage, ItemImage, Selected } from './listed.js'
import type { Source } from './source.js'

/** What to leave out of indexes. */
type Omissions = Pick<TransferOptions, 'leaveOut' | 'drop'>

/** The result of carrying images. */
export interface Carried {
  /** Descriptors of the images' contents in the sink. */
  roots: ReadonlyMap<Selected, Descriptor>
  /** All documents that changed, by their old digests. */
  now: NewDocuments
  /** The compressor of the layers; undefined if no layer was compressed. */
  compressor: string | undefined
}

/** Carries images from a source to the sink of its layers. Layers are changed once, however often they are carried. */
export class Carrier {
  readonly #source: Source
  readonly #changed = new Map<string, Layer>()

  constructor(source: Source) {
    this.#source = source
  }

  /** Stores images and everything that they reach, whatever lists them. @throws ImageError */
  async carry(images: readonly Selected[], omissions: Omissions = {}): Promise<Carried> {
    const { layers } = this.#source
    const { sink, context } = layers
    const items = images.filter((image) => image.kind === 'item')
    const indexed = images.filter((image) => image.kind === 'index')
    const { roots, blobs, besides } = await carriable(
      items.map(itemIn),
      layers,
      items.length === 0 ? new Set() : digestsIn(indexed),
    )
    const contents = [...indexed.flatMap(({ entries }) => entries.slice(0, 1)), ...roots]
    const { roots: stored, ...result } = await transfer(contents, {
      source: blobs,
      sink,
      context,
      options: { ...layers.options, ...omissions },
      known: new Set(roots.map(({ digest }) => digest)),
      changed: this.#changed,
    })
    await checkLayers(indexed.flatMap(uncheckedIn), layers)
    await storeLayers(besides, layers)
    const byImage = [...indexed, ...items].flatMap((image, at) => {
      const root = stored[at]
      return root === undefined ? [] : [[image, root] as const]
    })
    return { ...result, roots: new Map<Selected, Descriptor>(byImage) }
  }

  /** Returns the manifests of images as the source presents them. Stores only what has to be read for that. */
  async present(images: readonly ItemImage[]): Promise<Descriptor[]> {
    return (await carriable(images.map(itemIn), this.#source.layers)).roots
  }
}

function itemIn({ item }: ItemImage) {
  return item
}

/** Returns the digests of everything that the images reach. Images may share their nodes. */
function digestsIn(images: readonly IndexedImage[]): Set<string> {
  const digests = new Set<string>()
  for (const nodes of new Set(images.map((image) => image.nodes))) {
    for (const { descriptor } of nodes) digests.add(descriptor.digest)
  }
  return digests
}

function uncheckedIn({ unchecked }: IndexedImage) {
  return unchecked
}
