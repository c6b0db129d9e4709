import { commandOptions } from '../commands/optionsOf.js'
import { ImageError } from '../spec/errors.js'
import type { Command, OptionValues } from './command.js'
import { jsonLine } from './harmless.js'
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
  const { image, json, noHistory, historyAuthor, historyComment, historyCreated, historyCreatedBy, ...changes } = values
  const place = needed(image, '--image', 'transload config --image DIR[:TAG]')
  const given = { author: historyAuthor, comment: historyComment, created: historyCreated, createdBy: historyCreatedBy }
  const [name] = Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [key]))
  if (noHistory && name !== undefined) {
    throw new ImageError('USAGE', '--no-history goes with no other option of the history', {
      found: NAMES[name] ?? name,
    })
  }
  const { editConfig } = await import('../commands/editConfig.js')
  const edit = { ...changes, ...wordLists(changes), history: noHistory ? (false as const) : given }
  const edited = await working((signals) => editConfig(place, { ...edit, ...signals }))
  if (json) process.stdout.write(jsonLine(edited))
}

const NAMES: Readonly<Record<string, string>> = {
  author: '--history.author',
  comment: '--history.comment',
  created: '--history.created',
  createdBy: '--history.created_by',
}

/** Returns the lists that replace others: undefined where none is given, since an empty one would remove. */
function wordLists({ entrypoint, cmd }: { entrypoint: string[]; cmd: string[] }) {
  return {
    entrypoint: entrypoint.length === 0 ? undefined : entrypoint,
    cmd: cmd.length === 0 ? undefined : cmd,
  }
}
