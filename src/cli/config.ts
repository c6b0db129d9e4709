import { commandOptions } from '../commands/optionsOf.js'
import type { Command, OptionValues } from './command.js'
import { jsonLine } from './harmless.js'
import { withHistory } from './historyOption.js'
import { needed, working } from './working.js'

const OPTIONS = commandOptions('config')

/** `transload config --image DIR[:TAG]`. */
export const configCommand: Command<typeof OPTIONS> = {
  options: OPTIONS,
  places: [],
  ifMore: 'give the image with --image',
  run,
}

async function run(values: OptionValues<typeof OPTIONS>): Promise<void> {
  const { image, json, ...changes } = withHistory(values)
  const place = needed(image, '--image', 'transload config --image DIR[:TAG]')
  const { editConfig } = await import('../commands/editConfig.js')
  const edit = { ...changes, ...wordLists(changes) }
  const edited = await working((signals) => editConfig(place, { ...edit, ...signals }))
  if (json) process.stdout.write(jsonLine(edited))
}

/** Returns the lists that replace others: undefined where none is given, since an empty one would remove. */
function wordLists({ entrypoint, cmd }: { entrypoint: string[]; cmd: string[] }) {
  return {
    entrypoint: entrypoint.length === 0 ? undefined : entrypoint,
    cmd: cmd.length === 0 ? undefined : cmd,
  }
}
