import { diffIDsOf } from '../layer/check.js'
import { configOfLayers } from '../layer/configText.js'
import { manifestWith } from '../layer/documentText.js'
import type { ManifestNode } from '../layer/nodeTable.js'
import { digestOf } from '../spec/digest.js'
import type { JSONDocument } from '../spec/documents.js'
import { MANIFEST_ORDER } from '../spec/goOrder.js'
import { textOf } from '../spec/json/goText.js'
import { RawObject, rawItems } from '../spec/json/rawObject.js'
import type { Descriptor } from '../spec/parse.js'
import type { Warn } from '../spec/warnings.js'
import { printDescriptor } from '../store/descriptorText.js'
import type { NewManifest } from './rewriteImage.js'
import { Steps } from './steps.js'

/** An image, and the layer that takes the place of its upper ones. */
interface Squashing {
  manifest: ManifestNode
  config: JSONDocument
  /** The lowest of the layers that go, from 0 on. */
  from: number
  layer: { descriptor: Descriptor; diffID: string }
  /** The step for the layer, as Go prints it; undefined for none. */
  step: string | undefined
}

/**
 * Returns the documents of an image with one layer in place of its upper ones. The steps that made those stay in the history
 * as steps without a layer. All else stays as it stands. Warns of a history that does not fit the layers.
 */
export function squashedImage(squashing: Squashing, warn: Warn): NewManifest {
  const { manifest, config, from, layer } = squashing
  const diffIDs = [...(diffIDsOf(config.config()) ?? []).slice(0, from), layer.diffID]
  const bytes = configOfLayers(config.bytes, { diffIDs, history: squashedHistory(squashing, warn) })
  const layers = rawItems(RawObject.struct(textOf(manifest.bytes), MANIFEST_ORDER).get('layers') ?? '[]')
  const claim = { digest: digestOf(bytes), size: bytes.length }
  return {
    config: bytes,
    manifest: manifestWith(manifest, {
      config: claim,
      layers: [...layers.slice(0, from), printDescriptor(layer.descriptor)],
    }),
    platform: {},
  }
}

/** Returns the steps; undefined for an image without any, whose lower layers have none either. */
function squashedHistory({ config, from, step }: Squashing, warn: Warn): string[] | undefined {
  const steps = new Steps(config)
  if (steps.texts.length === 0 && (from > 0 || step === undefined)) return undefined
  if (steps.texts.length > 0 && !steps.fits) {
    const message = 'it does not fit the layers, and all of its steps stay'
    warn({ code: 'HISTORY', message, where: config.digest })
  }
  return [...steps.withoutLayersAbove(from), ...(step === undefined ? [] : [step])]
}
