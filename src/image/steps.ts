import { diffIDsOf } from '../layer/check.js'
import type { JSONDocument } from '../spec/documents.js'
import { CONFIG_ORDER, STEP_ORDER } from '../spec/goOrder.js'
import { jsonText } from '../spec/json/canonical.js'
import { textOf } from '../spec/json/goText.js'
import { RawObject, rawItems } from '../spec/json/rawObject.js'

/** The history of an image, as its config tells it. */
export class Steps {
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

  /** Returns the steps; those of layers beyond the first ones make none any more. */
  withoutLayersAbove(kept: number): string[] {
    let layers = 0
    return this.texts.map((text, at) => {
      if (this.#madeLayer[at] !== true || layers++ < kept) return text
      const step = RawObject.struct(text, STEP_ORDER)
      step.set('empty_layer', 'true')
      return step.toString()
    })
  }

  /** Returns a step for each layer, where the history does not tell of them. */
  inPlace(): string[] {
    const created = this.#created == null ? {} : { created: this.#created }
    const step = { ...created, created_by: 'transload rebase', comment: 'a layer of the base' }
    return Array.from({ length: this.layers }, () => jsonText(step))
  }
}
