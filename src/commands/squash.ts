import { collecting } from '../bytes/context.js'
import { mergeLayers } from '../image/mergedLayers.js'
import type { ImageToEdit, NewManifest } from '../image/rewriteImage.js'
import { squashedImage } from '../image/squash.js'
import type { ManifestNode } from '../layer/nodeTable.js'
import { shortDigest } from '../spec/digest.js'
import type { JSONDocument } from '../spec/documents.js'
import { ImageError } from '../spec/errors.js'
import type { PlatformName } from '../spec/platform.js'
import type { Warning } from '../spec/warnings.js'
import type { ImagePlace } from '../transport/imagePlace.js'
import { assertSquashOptions } from './checkOptions.js'
import { type EditedPlatform, editedPlatforms, platformOfManifest } from './editedPlatforms.js'
import { editImage } from './editImage.js'
import type { EditMeans } from './imageEdit.js'
import type { SquashOptions } from './layerOptions.js'
import {
  layerCompressionFor,
  layerDescriptor,
  layeredConfig,
  type StoredLayer,
  stepFor,
  storeNewLayer,
} from './newLayer.js'
import { warnOfCount } from './oddityWarnings.js'
import { running } from './running.js'
import { warnOfNoStep } from './stepWarning.js'

/** The result of making one layer of several. */
export interface Squashed {
  /** Digest of what the image's name stands for: the manifest, or an index above it. */
  digest: string
  manifests: EditedPlatform[]
  /** The new layers, one for each platform that changed. */
  layers: StoredLayer[]
  warnings: Warning[]
}

/**
 * Makes one layer of all layers of an image, with the same file system; on all platforms, or on the one that is chosen. An
 * image of one layer stays as it is.
 * @throws ImageError INTEGRITY, FORMAT, UNSAFE, UNSUPPORTED, NOT_FOUND, SYSTEM, USAGE
 */
export async function flatten(image: ImagePlace, options: SquashOptions = {}): Promise<Squashed> {
  return running(`flatten ${image}`, options, async () => {
    assertSquashOptions(options)
    return squashLayers(image, { from: 0, options, command: 'transload flatten' })
  })
}

/**
 * Makes one layer of the upper layers of an image: of the one with the number `from`, counted from 0, and those above it.
 * The layers below keep their bytes.
 * @throws ImageError as {@link flatten}
 */
export async function squash(image: ImagePlace, from: number, options: SquashOptions = {}): Promise<Squashed> {
  return running(`squash ${image}`, options, async () => {
    assertSquashOptions(options)
    if (!Number.isSafeInteger(from) || from < 0) {
      throw new ImageError('USAGE', 'the lowest layer', { expected: 'a whole number from 0 on', found: `${from}` })
    }
    return squashLayers(image, { from, options, command: `transload squash --from ${from}` })
  })
}

interface Squashing {
  from: number
  options: SquashOptions
  command: string
}

async function squashLayers(image: ImagePlace, squashing: Squashing): Promise<Squashed> {
  const { options } = squashing
  const { context, warnings } = collecting(options)
  const platforms = new Map<string, PlatformName>()
  const { edited, manifests, prepared } = await editImage(image, {
    options,
    context,
    edit: { scope: 'each', prepare: (found, means) => prepare(squashing, found, { ...means, platforms }) },
  })
  const { layers } = prepared
  return { digest: edited.digest, manifests: editedPlatforms(manifests, platforms), layers, warnings: warnings() }
}

interface SquashMeans extends EditMeans {
  /** Gets the platforms, by the manifests' digests. */
  platforms: Map<string, PlatformName>
}

async function prepare(squashing: Squashing, { manifests }: ImageToEdit, means: SquashMeans) {
  const { history, compress } = squashing.options
  if (history === false) warnOfNoStep(means.context)
  const compression = layerCompressionFor(compress, manifests)
  const layers: StoredLayer[] = []
  const stored = new Map<string, StoredLayer>()
  const made = new Map<string, NewManifest>()
  for (const manifest of manifests) {
    const { layer, documents } = await squashOne(manifest, squashing, { ...means, compression, stored })
    if (layer !== undefined) layers.push(layer)
    made.set(manifest.descriptor.digest, documents)
  }
  return {
    layers,
    blobs: layers.map(({ digest }) => digest),
    next: ({ descriptor: { digest } }: ManifestNode) => {
      const documents = made.get(digest)
      if (documents !== undefined) return Promise.resolve(documents)
      const problem = 'another program changed the image meanwhile'
      return Promise.reject(new ImageError('SYSTEM', problem, { where: digest, hint: 'run the command again' }))
    },
  }
}

interface LayerMeans extends SquashMeans {
  compression: StoredLayer['compression']
  /** The new layers, by the layers that they are made of: platforms may share them. */
  stored: Map<string, StoredLayer>
}

async function squashOne(
  manifest: ManifestNode,
  { from, options: { history }, command }: Squashing,
  means: LayerMeans,
): Promise<{ layer?: StoredLayer; documents: NewManifest }> {
  const { reader, context } = means
  const config = await layeredConfig({ manifest }, reader)
  means.platforms.set(manifest.descriptor.digest, platformOfManifest(manifest, config))
  const count = manifest.document.layers.length
  if (count - from < 2) {
    if (from > 0 && from >= count) throw noSuchLayer(manifest, from)
    return { documents: { config: config.bytes, manifest: manifest.bytes, platform: {} } }
  }
  const comment = `${count - from} layers as one`
  const step = stepFor(history === false ? false : { comment, ...history }, { config, command })
  const layer = await storedLayer({ manifest, config }, from, means)
  const named = { descriptor: layerDescriptor(layer, manifest), diffID: layer.diffID }
  return { layer, documents: squashedImage({ manifest, config, from, layer: named, step }, context.warn) }
}

/** Makes the layer, unless another platform has the same. */
async function storedLayer(
  { manifest, config }: { manifest: ManifestNode; config: JSONDocument },
  from: number,
  { stored, compression, reader, pool, context, signal }: LayerMeans,
): Promise<StoredLayer> {
  const image = { manifest: manifest.document, config: config.config(), blobs: reader }
  const key = JSON.stringify([image.manifest.layers.map(({ digest }) => digest), image.config.rootfs?.diff_ids])
  const known = stored.get(key)
  if (known !== undefined) return known
  const merged = await mergeLayers(image, { from, hasRoot: true, context, signal })
  for (const counted of merged.counts) warnOfCount(counted, context.warn)
  const name = `new layer of ${shortDigest(manifest.descriptor.digest)}`
  const layer = await storeNewLayer(merged.tar, { name, size: merged.size, compression, pool, context, signal })
  stored.set(key, layer)
  return layer
}

function noSuchLayer({ descriptor, document }: ManifestNode, from: number): ImageError {
  return new ImageError('NOT_FOUND', 'the image has no such layer', {
    where: descriptor.digest,
    expected: document.layers.length === 0 ? 'a layer' : `0 to ${document.layers.length - 1}`,
    found: from,
  })
}
