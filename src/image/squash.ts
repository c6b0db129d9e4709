import { diffIDsOf } from '../layer/check.js'
import { configOfLayers } from '../layer/configText.js'
import { manifestWith } from '../layer/documentText.js'
import type { ManifestNode } from '../layer/nodeTable.js'
import { digestOf } from '../spec/digest.js'
import type { JSONDocument } from '../spec/documents.js'
import { MANIFEST_ORDER, STEP_ORDER } from '../spec/goOrder.js'
import { textOf } from '../spec/json/goText.js'
import { RawObject, rawItems } from '../spec/json/rawObject.js'
import type { Descriptor } from '../spec/parse.js'
import { printDescriptor } from '../store/descriptorText.js'
import type { NewManifest } from './rewriteImage.js'

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
 * as steps without a layer. All else stays as it stands.
 */
export function squashedImage({ manifest, config, from, layer, step }: Squashing): NewManifest {
  const diffIDs = [...(diffIDsOf(config.config()) ?? []).slice(0, from), layer.diffID]
  const bytes = configOfLayers(config.bytes, { diffIDs, history: squashedHistory(config.bytes, { from, step }) })
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
function squashedHistory(
  config: Buffer,
  { from, step }: { from: number; step: string | undefined },
): string[] | undefined {
  const history = RawObject.struct(textOf(config), []).get('history')
  const steps = history === undefined ? [] : rawItems(history)
  if (steps.length === 0 && (from > 0 || step === undefined)) return undefined
  let layers = 0
  const kept = steps.map((text) => {
    const one = RawObject.struct(text, STEP_ORDER)
    if (one.get('empty_layer') === 'true' || layers++ < from) return text
    one.set('empty_layer', 'true')
    return one.toString()
  })
  return step === undefined ? kept : [...kept, step]
}
