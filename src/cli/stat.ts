import { commandOptions } from '../commands/optionsOf.js'
import type { Command } from './command.js'
import { harmlessJSON } from './harmless.js'
import { needed, working } from './working.js'

const OPTIONS = commandOptions('stat')

/** `transload stat --image PLACE`. */
export const statCommand: Command<typeof OPTIONS> = {
  options: OPTIONS,
  places: [],
  ifMore: 'give the image with --image',
  async run({ image, json, ...options }) {
    const place = needed(image, '--image', 'transload stat --image PATH[:REF]')
    const { stat } = await import('../commands/stat.js')
    const found = await working((signals) => stat(place, { ...options, ...signals }))
    if (json) {
      const { printStatJSON } = await import('../image/stat/statJSON.js')
      process.stdout.write(`${harmlessJSON(printStatJSON(found).trimEnd())}\n`)
    } else {
      const { printStat } = await import('../image/stat/statText.js')
      process.stdout.write(printStat(found))
    }
  },
}
