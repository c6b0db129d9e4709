import type { Options } from 'yargs'
import type { CommandName, DescribedOption } from '../commands/optionEntry.js'
import { commandOptions } from '../commands/optionsOf.js'
import { wordsOf } from './checkOption.js'

/** Returns the options of a command as yargs describes them. */
export function helpOptions(command: CommandName): Record<string, Options> {
  const all: DescribedOption[] = Object.values(commandOptions(command))
  return Object.fromEntries(all.map((option) => [option.name, helpOption(option, command)]))
}

function helpOption(option: DescribedOption, command: CommandName): Options {
  const { alias, also, describe, describeFor = {} } = option
  const others = [alias ?? [], also ?? []].flat()
  const choices = wordsOf(option)
  const byDefault = option.kind === 'choice' ? option.default : undefined
  return {
    ...TYPES[option.kind],
    ...(choices === undefined ? {} : { choices }),
    ...(byDefault === undefined ? {} : { default: byDefault }),
    ...(others.length === 0 ? {} : { alias: others }),
    describe: describeFor[command] ?? describe,
  }
}

const TYPES: Readonly<Record<DescribedOption['kind'], Options>> = {
  list: { type: 'string', array: true, nargs: 1, default: [] },
  text: { type: 'string' },
  wholeNumber: { type: 'number' },
  choice: {},
  switch: { type: 'boolean', default: false },
  onOff: {},
}
