import { commandOptions } from '../commands/optionsOf.js'
import type { Squashed } from '../commands/squash.js'
import type { Command } from './command.js'
import { withHistory } from './historyOption.js'
import { imageGiven } from './imageGiven.js'
import { runShown } from './runShown.js'
import { printBytes } from './units.js'
import { needed } from './working.js'

const FLATTEN = commandOptions('flatten')
const SQUASH = commandOptions('squash')

/** `transload flatten IMAGE`. */
export const flattenCommand: Command<typeof FLATTEN> = {
  options: FLATTEN,
  places: ['IMAGE'],
  ifMore: 'give one image',
  async run({ image, ...values }, places) {
    const place = imageGiven(image, places, 'transload flatten IMAGE')
    await runShown(withHistory(values), summary, async (options) => {
      const { flatten } = await import('../commands/squash.js')
      return flatten(place, options)
    })
  },
}

/** `transload squash IMAGE --from N`. */
export const squashCommand: Command<typeof SQUASH> = {
  options: SQUASH,
  places: ['IMAGE'],
  ifMore: 'give one image',
  async run({ image, from, ...values }, places) {
    const expected = 'transload squash IMAGE --from N'
    const place = imageGiven(image, places, expected)
    const lowest = Number(needed(from === undefined ? undefined : `${from}`, '--from', expected))
    await runShown(withHistory(values), summary, async (options) => {
      const { squash } = await import('../commands/squash.js')
      return squash(place, lowest, options)
    })
  },
}

function summary({ digest, layers }: Squashed): string {
  const size = layers.reduce((total, layer) => total + layer.size, 0)
  if (layers.length === 0) return `${digest}\nnothing to change`
  return `${digest}\n${layers.length} new ${layers.length === 1 ? 'layer' : 'layers'}, ${printBytes(size)}`
}
