import { commandOptions } from '../commands/optionsOf.js'
import type { Rebased } from '../commands/rebase.js'
import type { Command } from './command.js'
import { imageGiven } from './imageGiven.js'
import { runShown } from './runShown.js'
import { needed } from './working.js'

const OPTIONS = commandOptions('rebase')

/** `transload rebase --image IMAGE --old BASE --new BASE`. */
export const rebaseCommand: Command<typeof OPTIONS> = {
  options: OPTIONS,
  places: ['IMAGE'],
  ifMore: 'give the bases with --old and --new',
  async run({ image, old, new: next, ...values }, places) {
    const expected = 'transload rebase --image IMAGE --old BASE --new BASE'
    const place = imageGiven(image, places, expected)
    const bases = { old: needed(old, '--old', expected), new: needed(next, '--new', expected) }
    await runShown(values, summary, async (options) => {
      const { rebase } = await import('../commands/rebase.js')
      return rebase(place, bases, options)
    })
  },
}

function summary({ digest, manifests }: Rebased): string {
  return `${digest}\n${manifests.length} ${manifests.length === 1 ? 'platform' : 'platforms'} rebased`
}
