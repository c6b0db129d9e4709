import { commandOptions } from '../commands/optionsOf.js'
import type { Edited } from '../image/rewriteImage.js'
import type { Command, OptionValues } from './command.js'
import { jsonLine } from './harmless.js'
import { withHistory } from './historyOption.js'
import { imageGiven } from './imageGiven.js'
import { runShown } from './runShown.js'
import { working } from './working.js'

const OPTIONS = commandOptions('config')

/** `transload config --image DIR[:TAG]`, or `transload config IMAGE --to PLACE`. */
export const configCommand: Command<typeof OPTIONS> = {
  options: OPTIONS,
  places: ['IMAGE'],
  ifMore: 'give one image',
  run,
}

async function run(values: OptionValues<typeof OPTIONS>, places: readonly string[]): Promise<void> {
  const { image, json, progress, quiet, ...changes } = withHistory(values)
  const place = imageGiven(image, places, 'transload config --image DIR[:TAG]')
  const { editConfig } = await import('../commands/editConfig.js')
  const edit = { ...changes, ...wordLists(changes) }
  if (edit.to !== undefined) {
    return runShown({ ...edit, json, progress, quiet }, editSummary, (options) => editConfig(place, options))
  }
  const edited = await working((signals) => editConfig(place, { ...edit, ...signals }))
  if (json) process.stdout.write(jsonLine(edited))
}

function editSummary({ config }: Edited): string {
  return `${config}\nconfig changed`
}

/** Returns the lists that replace others: undefined where none is given, since an empty one would remove. */
function wordLists({ entrypoint, cmd }: { entrypoint: string[]; cmd: string[] }) {
  return {
    entrypoint: entrypoint.length === 0 ? undefined : entrypoint,
    cmd: cmd.length === 0 ? undefined : cmd,
  }
}
