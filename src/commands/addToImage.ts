import { type Context, collecting } from '../bytes/context.js'
import { type LayoutImage, resolveEntries } from '../image/layoutImage.js'
import { type Edited, rewriteImage } from '../image/rewriteImage.js'
import type { Compression } from '../spec/compression.js'
import { refNameOf } from '../spec/reference.js'
import type { Warning } from '../spec/warnings.js'
import { IndexFile } from '../store/layout/indexFile.js'
import { INDEX_FILE, readIndexBytes } from '../store/layout/layoutFiles.js'
import type { LayoutSink } from '../store/layout/layoutSink.js'
import { selectEntries } from '../store/layout/selectEntries.js'
import { type ImagePlace, parseLayoutPlace } from '../transport/imagePlace.js'
import { openLayoutToEdit } from '../transport/layoutToEdit.js'
import type { AddLayerOptions } from './layerOptions.js'
import { layerCompressionFor, layeredConfig, type StoredLayer, stepFor, withLayer } from './newLayer.js'
import { placedEntries } from './placedEntries.js'
import { warnOfNoStep } from './stepWarning.js'

/** The result of adding a layer. */
export interface LayerAdded extends Edited {
  layer: StoredLayer
  warnings: Warning[]
}

/** The means to make a layer. */
interface LayerMeans {
  sink: LayoutSink
  compression: Compression
  context: Context
  signal: AbortSignal | undefined
}

interface Adding {
  options: AddLayerOptions
  /** The command that makes the layer. It stands in the history unless the options say what does. */
  command: string
  make: (means: LayerMeans) => Promise<StoredLayer>
}

/** Adds a layer to an image in a layout. The layer is made before the layout is locked. */
export async function addToImage(image: ImagePlace, { options, command, make }: Adding): Promise<LayerAdded> {
  const { path, selector } = parseLayoutPlace(image)
  const tag = options.tag === undefined ? undefined : refNameOf(options.tag)
  const { context, warnings } = collecting(options)
  const { signal, platform } = options
  await using layout = await openLayoutToEdit(path, { context, signal })
  const { sink, reader } = layout
  const imageIn = (index: IndexFile): Promise<LayoutImage> =>
    resolveEntries(selectEntries(index.entries, selector), platform, reader)
  const before = await imageIn(new IndexFile(readIndexBytes(sink.root.at(INDEX_FILE), INDEX_FILE), INDEX_FILE))
  // Refuses a wrong history and what is no image before the work.
  stepFor(options.history, { config: await layeredConfig(before, reader), command })
  const layer = await make({ sink, compression: layerCompressionFor(options.compress, before), context, signal })
  const { edited } = await sink.edit(async (current) => {
    const index = new IndexFile(current, INDEX_FILE)
    const found = await imageIn(index)
    const config = await layeredConfig(found, reader)
    const step = stepFor(options.history, { config, command })
    if (step === undefined) warnOfNoStep(context)
    const { entries, blobs, edited } = await rewriteImage(found, withLayer(found, { config, layer, step }), sink)
    const all = placedEntries(index, { before: found.entries, entries, tag, warn: context.warn })
    return { index: index.with(all), blobs: [layer.digest, ...blobs], edited }
  })
  return { ...edited, layer, warnings: warnings() }
}
