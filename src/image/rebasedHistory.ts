import type { JSONDocument } from '../spec/documents.js'
import type { Warn } from '../spec/warnings.js'
import { Steps } from './steps.js'

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
