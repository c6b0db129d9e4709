import type { Appended } from '../commands/append.js'
import { commandOptions } from '../commands/optionsOf.js'
import type { Command } from './command.js'
import { withHistory } from './historyOption.js'
import { runShown } from './runShown.js'
import { printBytes } from './units.js'
import { needed } from './working.js'

const OPTIONS = commandOptions('append')

/** `transload append --image IMAGE LAYER.tar...`. */
export const appendCommand: Command<typeof OPTIONS> = {
  options: OPTIONS,
  places: ['LAYER.tar'],
  repeats: true,
  ifMore: 'give the image with --image',
  async run({ image, ...values }, layers) {
    const expected = 'transload append --image IMAGE LAYER.tar...'
    const place = needed(image, '--image', expected)
    needed(layers[0], 'the layer', expected)
    await runShown(withHistory(values), summary, async (options) => {
      const { append } = await import('../commands/append.js')
      return append(place, layers, options)
    })
  },
}

function summary({ digest, layers }: Appended): string {
  const size = layers.reduce((total, layer) => total + layer.size, 0)
  return `${digest}\n${layers.length} ${layers.length === 1 ? 'layer' : 'layers'} added, ${printBytes(size)}`
}
