import type { Bytes } from '../bytes/bytes.js'
import type { Context } from '../bytes/context.js'
import { MergedTar } from '../rootfs/merged/mergedTar.js'
import { MergedTree, type PastTree } from '../rootfs/merged/mergedTree.js'
import { planChanges, planWhole } from '../rootfs/merged/mergePlan.js'
import type { Count } from '../rootfs/oddities.js'
import { shortDigest } from '../spec/digest.js'
import { attempt } from '../spec/errors.js'
import { checkedTar, type ImageLayer, type LayeredImage, layersOf, readEntries } from './layerTars.js'

/** The layers to merge, and the circumstances. */
interface Merging {
  context: Context
  signal: AbortSignal | undefined
  /** The lowest layer, from 0 on: the tar has what it and those above change. All that the image has by default. */
  from?: number
  /** True to have the root directory in the tar. */
  hasRoot: boolean
}

/** One tar that stands for several layers. */
export interface MergedLayers {
  /** The tar. The layers are read and checked as it is read, once. */
  tar: Bytes
  /** Bytes of the layers, as they are stored. */
  size: number
  /** Entries written so far. */
  readonly entries: number
  /** What the layers have that is no part of an image. */
  counts: readonly Count[]
}

/**
 * Plans one tar of layers: of the whole file system, or of what the upper layers change in it. The layers are read
 * twice: first their headers, to know what is left in the end, then their content.
 * @throws ImageError FORMAT, UNSAFE, UNSUPPORTED, NOT_FOUND
 */
export async function mergeLayers(image: LayeredImage, merging: Merging): Promise<MergedLayers> {
  const { from = 0, hasRoot, context, signal } = merging
  const reading = { blobs: image.blobs, context, signal }
  const layers = layersOf(image)
  const { tree, past } = await readTree(layers, { ...reading, from })
  const plan = past === undefined ? planWhole(tree) : planChanges(tree, past)
  // Those below, too, although the tar has nothing of them: what they say has made it what it is, and is checked now.
  const passing = layers.flatMap((layer) => {
    const applied = tree.layers[layer.at]
    return applied === undefined ? [] : [{ layer, applied }]
  })
  for (const { layer } of passing) {
    const { digest, size } = layer.descriptor
    context.overall.expect({ name: shortDigest(digest), size })
  }
  const merged = new MergedTar(plan, { hasRoot })
  return {
    tar: merged.bytes(
      passing.map(({ layer, applied }) => ({ ...applied, tar: checkedTar(layer, reading), where: layer.name })),
    ),
    size: passing.reduce((sum, { layer }) => sum + layer.descriptor.size, 0),
    get entries() {
      return merged.entries
    },
    counts: tree.counts(),
  }
}

/** Applies the headers of all layers; returns also what was there before the layer `from`, if any was. */
async function readTree(
  layers: readonly ImageLayer[],
  { from, ...reading }: Parameters<typeof readEntries>[2] & { from: number },
): Promise<{ tree: MergedTree; past: PastTree | undefined }> {
  const tree = new MergedTree()
  let past: PastTree | undefined
  for (const layer of layers) {
    if (layer.at === from && from > 0) past = tree.snapshot()
    await attempt(layer.name, () => readEntries(layer, tree, reading))
    tree.nextLayer()
  }
  return { tree, past }
}
