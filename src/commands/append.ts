import { collecting } from '../bytes/context.js'
import type { ImageToEdit } from '../image/rewriteImage.js'
import type { ManifestNode } from '../layer/nodeTable.js'
import { ImageError } from '../spec/errors.js'
import type { PlatformName } from '../spec/platform.js'
import type { Warning } from '../spec/warnings.js'
import { type ImagePlace, parseImagePlace } from '../transport/imagePlace.js'
import { storeTar } from './appendedLayer.js'
import { assertAppendOptions } from './checkOptions.js'
import { type EditedPlatform, editedPlatforms, platformOfManifest } from './editedPlatforms.js'
import { editImage } from './editImage.js'
import type { EditMeans } from './imageEdit.js'
import type { AddLayerOptions } from './layerOptions.js'
import { layerCompressionFor, layeredConfig, type StoredLayer, stepFor, withLayers } from './newLayer.js'
import { openTar } from './openTar.js'
import { running } from './running.js'
import { warnOfNoStep } from './stepWarning.js'

const COMMAND = 'transload append'

/** The result of appending layers. */
export interface Appended {
  /** Digest of what the image's name stands for: the manifest, or an index above it. */
  digest: string
  manifests: EditedPlatform[]
  /** In the order of the files. */
  layers: StoredLayer[]
  warnings: Warning[]
}

/**
 * Adds tars to an image, each as one more layer; to all of its platforms, or to the one that is chosen. A tar that is
 * compressed with gzip or zstd keeps its bytes. Each is stored once.
 * @param tars paths, or `-` for standard input
 * @throws ImageError NOT_FOUND, FORMAT, UNSUPPORTED, SYSTEM, USAGE
 */
export async function append(
  image: ImagePlace,
  tars: readonly string[],
  options: AddLayerOptions = {},
): Promise<Appended> {
  return running(`append to ${image}`, options, async () => {
    assertAppendOptions(options)
    assertOneReader(image, tars)
    const { context, warnings } = collecting(options)
    const platforms = new Map<string, PlatformName>()
    const { edited, manifests, prepared } = await editImage(image, {
      options,
      context,
      edit: { scope: 'each', prepare: (found, means) => prepare({ tars, options, platforms }, found, means) },
    })
    const { layers } = prepared
    return {
      digest: edited.digest,
      manifests: editedPlatforms(manifests, platforms),
      layers,
      warnings: warnings(),
    }
  })
}

interface Appending {
  tars: readonly string[]
  options: AddLayerOptions
  /** Gets the platforms, by the manifests' digests. */
  platforms: Map<string, PlatformName>
}

async function prepare(
  { tars, options: { history, compress }, platforms }: Appending,
  { manifests }: ImageToEdit,
  { reader, ...means }: EditMeans,
) {
  // Refuses a wrong history and what is no image before the work.
  for (const manifest of manifests) {
    stepFor(history, { config: await layeredConfig({ manifest }, reader), command: COMMAND })
  }
  const compression = layerCompressionFor(compress, manifests)
  if (history === false) warnOfNoStep(means.context)
  const layers: StoredLayer[] = []
  for (const tar of tars) {
    await using file = await openTar(tar)
    layers.push(await storeTar(file, { ...means, manifests, compression }))
  }
  return {
    layers,
    blobs: layers.map(({ digest }) => digest),
    next: async (manifest: ManifestNode) => {
      const config = await layeredConfig({ manifest }, reader)
      platforms.set(manifest.descriptor.digest, platformOfManifest(manifest, config))
      const step = stepFor(history, { config, command: COMMAND })
      return withLayers(
        { manifest },
        config,
        layers.map((layer) => ({ layer, step })),
      )
    },
  }
}

/** Checks that there is a layer, and that standard input has one reader. @throws ImageError USAGE */
function assertOneReader(image: ImagePlace, tars: readonly string[]): void {
  const isList = Array.isArray(tars) && tars.every((tar) => typeof tar === 'string')
  if (!isList || tars.length === 0) throw new ImageError('USAGE', 'there is no layer to append')
  const readers = [parseImagePlace(image).path, ...tars].filter((path) => path === '-')
  if (readers.length > 1) throw new ImageError('USAGE', 'standard input can be read only once', { found: '- twice' })
}
