import type { Bytes } from '../bytes/bytes.js'
import type { Context } from '../bytes/context.js'
import { MergedTar } from '../rootfs/merged/mergedTar.js'
import { MergedTree, type PastTree } from '../rootfs/merged/mergedTree.js'
import { planChanges, planWhole } from '../rootfs/merged/mergePlan.js'
import type { Count } from '../rootfs/oddities.js'
import { shortDigest } from '../spec/digest.js'
import { attempt, invariant } from '../spec/errors.js'
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
  /** Oddities of the layers that the tar lacks. */
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
  // What is returned must not hold the tree: it is as large as the plan.
  const [allApplied, counts] = [tree.layers, tree.counts()]
  for (const { digest, size } of image.manifest.layers) context.overall.expect({ name: shortDigest(digest), size })
  // Those below `from`, too: what they say has made the tar what it is, and is checked now.
  const passing = layers.map((layer) => {
    const applied = allApplied[layer.at]
    invariant(applied !== undefined, 'every layer was applied')
    return { ...applied, tar: checkedTar(layer, reading), where: layer.name }
  })
  const merged = new MergedTar(plan, { hasRoot })
  return {
    tar: merged.bytes(passing),
    size: image.manifest.layers.reduce((sum, { size }) => sum + size, 0),
    get entries() {
      return merged.entries
    },
    counts,
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
