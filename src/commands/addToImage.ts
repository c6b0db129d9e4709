import { collecting } from '../bytes/context.js'
import type { Edited } from '../image/rewriteImage.js'
import type { ManifestNode } from '../layer/nodeTable.js'
import type { Compression } from '../spec/compression.js'
import type { Warning } from '../spec/warnings.js'
import type { ImagePlace } from '../transport/imagePlace.js'
import { editImage } from './editImage.js'
import type { EditMeans } from './imageEdit.js'
import type { AddLayerOptions } from './layerOptions.js'
import { layerCompressionFor, layeredConfig, type StoredLayer, stepFor, withLayers } from './newLayer.js'
import { warnOfNoStep } from './stepWarning.js'

/** The result of adding a layer. */
export interface LayerAdded extends Edited {
  layer: StoredLayer
  warnings: Warning[]
}

/** The means to make a layer. */
interface LayerMeans extends Omit<EditMeans, 'reader'> {
  compression: Compression
}

interface Adding {
  options: AddLayerOptions
  /** The command that makes the layer. It stands in the history unless the options say what does. */
  command: string
  make: (means: LayerMeans) => Promise<StoredLayer>
}

/** Adds a layer to an image. */
export async function addToImage(image: ImagePlace, { options, command, make }: Adding): Promise<LayerAdded> {
  const { context, warnings } = collecting(options)
  const { compress, history } = options
  const { edited, prepared } = await editImage(image, {
    options,
    context,
    edit: {
      scope: 'one',
      prepare: async ({ manifests }, { reader, ...means }) => {
        // Refuses a wrong history and what is no image before the work.
        for (const manifest of manifests)
          stepFor(history, { config: await layeredConfig({ manifest }, reader), command })
        const layer = await make({ compression: layerCompressionFor(compress, manifests), ...means })
        if (history === false) warnOfNoStep(context)
        return {
          layer,
          blobs: [layer.digest],
          next: async (manifest: ManifestNode) => {
            const config = await layeredConfig({ manifest }, reader)
            return withLayers({ manifest }, config, [{ layer, step: stepFor(history, { config, command }) }])
          },
        }
      },
    },
  })
  return { ...edited, layer: prepared.layer, warnings: warnings() }
}
