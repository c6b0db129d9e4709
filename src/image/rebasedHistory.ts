import { diffIDsOf } from '../layer/check.js'
import type { JSONDocument } from '../spec/documents.js'
import { CONFIG_ORDER } from '../spec/goOrder.js'
import { jsonText } from '../spec/json/canonical.js'
import { textOf } from '../spec/json/goText.js'
import { RawObject, rawItems } from '../spec/json/rawObject.js'
import type { Warn } from '../spec/warnings.js'

interface Configs {
  image: { config: JSONDocument }
  old: { config: JSONDocument }
  next: { config: JSONDocument }
}

/**
 * Returns the steps of the new base, and then those of the image above its old base; undefined for an image without a
 * history, which gets none.
 *
 * The image's own steps begin behind as many as the old base has, if these tell of its layers; else behind the step of
 * the last of these layers. If the history of the image does not fit its layers, only steps that are the old base's
 * very own go.
 */
export function rebasedHistory({ image, old, next }: Configs, warn: Warn): string[] | undefined {
  const [all, below, above] = [new Steps(image.config), new Steps(old.config), new Steps(next.config)]
  if (all.texts.length === 0) return undefined
  if (!all.fits) {
    const message = 'it does not fit the layers; steps that are not of the old base stay'
    warn({ code: 'HISTORY', message, where: image.config.digest })
  }
  return [...(above.fits ? above.texts : above.inPlace()), ...all.texts.slice(cutOf(all, below))]
}

/** Returns the number of steps that belong to the old base. */
function cutOf(all: Steps, below: Steps): number {
  if (!all.fits) return all.sharedWith(below)
  const { length } = below.texts
  return all.layersIn(length) === below.layers ? Math.min(length, all.texts.length) : all.endOfLayer(below.layers)
}

/** The history of a config. */
class Steps {
  /** As they stand. */
  readonly texts: readonly string[]
  /** Number of layers of the image. */
  readonly layers: number
  readonly #madeLayer: readonly boolean[]
  readonly #created: string | null | undefined

  constructor(document: JSONDocument) {
    const config = document.config()
    const steps = config.history ?? []
    this.texts = rawItems(RawObject.struct(textOf(document.bytes), CONFIG_ORDER).get('history') ?? '[]')
    this.layers = diffIDsOf(config)?.length ?? 0
    this.#madeLayer = steps.map(({ empty_layer }) => empty_layer !== true)
    this.#created = config.created
  }

  /** True if there is a step for each layer. */
  get fits(): boolean {
    return this.layersIn(this.texts.length) === this.layers
  }

  /** Returns the number of layers that the first steps made. */
  layersIn(steps: number): number {
    return this.#madeLayer.slice(0, steps).filter(Boolean).length
  }

  /** Returns the number of steps up to that of the last of some layers. */
  endOfLayer(layers: number): number {
    let left = layers
    return layers === 0 ? 0 : this.#madeLayer.findIndex((made) => made && --left === 0) + 1
  }

  /** Returns the number of steps at the start that are the same. */
  sharedWith({ texts }: Steps): number {
    const at = this.texts.findIndex((text, index) => texts[index] !== text)
    return at < 0 ? this.texts.length : at
  }

  /** Returns a step for each layer, where the history does not tell of them. */
  inPlace(): string[] {
    const created = this.#created == null ? {} : { created: this.#created }
    const step = { ...created, created_by: 'transload rebase', comment: 'a layer of the base' }
    return Array.from({ length: this.layers }, () => jsonText(step))
  }
}
